import Metrics
import Randomness
import Testing

@Suite struct IncidentTests {
    private let labels: [Bool] = [0, 1, 1, 0, 1, 0, 0, 1, 1, 0].map { $0 == 1 }
    private let series = [0, 0, 0, 0, 0, 0, 0, 0, 1, 1]

    @Test("episodes are maximal runs inside a series")
    func episodes() {
        #expect(Incidents.episodes(labels: labels, series: series) == [1 ..< 3, 4 ..< 5, 7 ..< 8, 8 ..< 9])
        #expect(Incidents.episodes(labels: [], series: []).isEmpty)
    }

    @Test("gaps up to the given number of rows are merged, series never")
    func gaps() {
        #expect(Incidents.episodes(labels: labels, series: series, mergingGapsUpTo: 1) == [1 ..< 5, 7 ..< 8, 8 ..< 9])
        #expect(Incidents.episodes(labels: labels, series: series, mergingGapsUpTo: 2) == [1 ..< 8, 8 ..< 9])
    }

    @Test("an incident is found by one alarm inside; alarms outside find nothing")
    func recall() {
        let incidents = [[1, 2], [4], [7, 8]]
        let alarms = [0, 0, 1, 1, 0, 1, 0, 0, 0, 1].map { $0 == 1 }
        #expect(Incidents.found(incidents, alarms: alarms) == [true, false, false])
        expectClose(Incidents.recall(incidents, alarms: alarms), 1 / 3)
        #expect(Incidents.recall([[Int]](), alarms: alarms) == nil)
    }

    @Test("delay runs from the incident's start to its first alarm")
    func delay() {
        let seconds = (0 ..< 10).map { Double($0) * 60 }
        let alarms = [0, 0, 0, 1, 1, 0, 0, 0, 0, 0].map { $0 == 1 }
        #expect(Incidents.delays([1 ..< 5, 7 ..< 9], alarms: alarms, seconds: seconds) == [120, nil])
        #expect(Incidents.delays([1 ..< 5], alarms: alarms, seconds: seconds, starts: [30]) == [150])
    }

    @Test("alarms per day count runs of alarms over the time recorded")
    func alarmsPerDay() {
        let seconds = [0, 3600, 7200, 10800, 14400, 18000, 21600, 43200, 0, 43200.0]
        expectClose(Incidents.alarmsPerDay(alarms: labels, series: series, seconds: seconds), 8)
        expectClose(Incidents.alarmsPerDay(alarms: labels, series: series, seconds: seconds, mergingGapsUpTo: 1), 6)
        #expect(Incidents.alarmsPerDay(alarms: [true], series: [0], seconds: [5]) == nil)
    }

    @Test("the required recall is the target and half of what is left")
    func requiredRecall() { expectClose(AlarmThreshold.requiredRecall(target: 0.98), 0.99) }

    @Test("the reliability rule equals the best of all thresholds")
    func fewestFalsePositives() throws {
        for seed in 0 ..< 20 {
            let (scores, labels, incidents) = example(seed: UInt64(seed))
            let choice = try #require(AlarmThreshold.fewestFalsePositives(
                scores: scores, labels: labels, incidents: incidents, requiredRecall: 0.9))
            let best = try #require(outcomes(scores, labels, incidents).filter { $0.recall >= 0.9 }.map(\.falseAlarms).min())
            #expect(choice.alarms(scores).indices.count { choice.alarms(scores)[$0] && !labels[$0] } == best)
            #expect(try #require(choice.incidentRecall) >= 0.9)
        }
    }

    @Test("the latency rule equals the best of all thresholds")
    func bestAccuracy() throws {
        for seed in 0 ..< 20 {
            let (scores, labels, incidents) = example(seed: UInt64(seed))
            let choice = try #require(AlarmThreshold.bestAccuracy(
                scores: scores, labels: labels, episodes: incidents, requiredRecall: 0.7))
            let best = try #require(outcomes(scores, labels, incidents).filter { $0.recall >= 0.7 }.map(\.accuracy).max())
            #expect(choice.accuracy == best)
            #expect(try #require(choice.incidentRecall) >= 0.7)
        }
    }

    @Test("a threshold lies between the lowest alarm and the score below it, exact in float32")
    func separation() throws {
        let scores = [0.1, 0.2, 0.5, 0.9], labels = [false, false, true, true]
        let choice = try #require(AlarmThreshold.fewestFalsePositives(
            scores: scores, labels: labels, incidents: [[2], [3]], requiredRecall: 1))
        #expect(choice.value > 0.34 && choice.value < 0.36 && Double(Float(choice.value)) == choice.value)
        #expect(choice.falsePositiveRate == 0 && choice.accuracy == 1)
        // Neighbours in float32 leave no room: the score itself is the threshold.
        let low = Float(0.5), high = low.nextUp
        let tight = try #require(AlarmThreshold.fewestFalsePositives(
            scores: [Double(low), Double(high)], labels: [false, true], incidents: [[1]], requiredRecall: 1))
        #expect(tight.alarms([Double(low), Double(high)]) == [false, true])
    }

    @Test("99 % of 200 incidents are 198, not 199 by a binary rounding")
    func rounding() throws {
        // An incident in every other row, so that each further incident costs a false positive.
        let scores = (0 ..< 400).map(Double.init)
        let abnormal = scores.indices.filter { $0.isMultiple(of: 2) }
        let choice = try #require(AlarmThreshold.fewestFalsePositives(
            scores: scores, labels: scores.indices.map { $0.isMultiple(of: 2) }, incidents: abnormal.map { [$0] },
            requiredRecall: 0.99))
        expectClose(choice.incidentRecall, 0.99)
    }

    @Test("of thresholds with equally few false positives the lowest is chosen, for it finds the most")
    func equallyQuiet() throws {
        let scores = [0.1, 0.4, 0.6, 0.7, 0.9], labels = [false, false, true, true, true]
        let choice = try #require(AlarmThreshold.fewestFalsePositives(
            scores: scores, labels: labels, incidents: [[2], [3], [4]], requiredRecall: 0.3))
        #expect(choice.value > 0.49 && choice.value < 0.51)
        #expect(choice.incidentRecall == 1 && choice.falsePositiveRate == 0)
    }

    @Test("without labels the threshold lets at most the given share alarm")
    func unlabelled() throws {
        let scores = [1, 2, 2, 3, 4, 5, 6, 7, 8, 9.0]
        let choice = try #require(AlarmThreshold.alarming(share: 0.85, scores: scores))
        #expect(choice.alarms(scores).count { $0 } == 7)
        #expect(try #require(AlarmThreshold.alarming(share: 0.2, scores: scores)).alarms(scores).count { $0 } == 2)
        #expect(AlarmThreshold.alarming(share: 0.05, scores: scores) == nil)
    }

    @Test("no incidents, or a score that is not a number, give no threshold")
    func undefined() {
        #expect(AlarmThreshold.fewestFalsePositives(
            scores: [1, 2], labels: [false, true], incidents: [[Int]](), requiredRecall: 0.9) == nil)
        #expect(AlarmThreshold.bestAccuracy(
            scores: [1, .nan], labels: [false, true], episodes: [[1]], requiredRecall: 0.9) == nil)
        #expect(AlarmThreshold.alarming(share: 0.5, scores: []) == nil)
    }

    /// Sixty rows with ties and five incidents of three rows.
    private func example(seed: UInt64) -> (scores: [Double], labels: [Bool], incidents: [[Int]]) {
        var stream = RandomStream(seed: seed)
        let incidents = (0 ..< 5).map { number in (0 ..< 3).map { number * 12 + $0 } }
        let labels = (0 ..< 60).map { $0 % 12 < 3 }
        let scores = labels.map { (stream.normal() * 3).rounded() / 2 + ($0 ? 1 : 0) }
        return (scores, labels, incidents)
    }

    /// What every threshold among the scores reaches.
    private func outcomes(
        _ scores: [Double], _ labels: [Bool], _ incidents: [[Int]]
    ) -> [(recall: Double, falseAlarms: Int, accuracy: Double)] {
        scores.map { threshold in
            let alarms = scores.map { $0 >= threshold }
            let found = incidents.count { $0.contains { alarms[$0] } }
            return (
                Double(found) / Double(incidents.count), alarms.indices.count { alarms[$0] && !labels[$0] },
                Double(alarms.indices.count { alarms[$0] == labels[$0] }) / Double(alarms.count))
        }
    }
}
