/// A threshold chosen on validation, with what it reached there. Rows that score at least `value` are alarms.
///
/// Thresholds lie halfway between the lowest score that alarms and the next lower one where float32 can tell them apart, so
/// that a last-digit difference between two programs does not turn an alarm; they are exact in float32.
public struct AlarmThreshold: Sendable, Codable, Equatable {
    public var value: Double
    /// On the data it was chosen on, as are the following; nil where undefined.
    public var incidentRecall: Double?
    public var falsePositiveRate: Double?
    public var accuracy: Double?

    /// The recall a threshold must reach on validation so that test, which differs, can reach `target`: the target and half
    /// of what is left to 100 % (0.99 for 0.98).
    public static func requiredRecall(target: Double) -> Double { target + (1 - target) / 2 }

    /// Fewest false positives with at least `requiredRecall` of the incidents found.
    ///
    /// Both grow as the threshold falls, so the highest that finds enough incidents has the fewest; of the thresholds with
    /// equally few, down to the next normal row, the lowest: it costs nothing and finds the most.
    ///
    /// - Parameters:
    ///   - labels: true for abnormal rows; alarms on others are false positives.
    ///   - incidents: the rows of each incident.
    /// - Returns: nil for no incidents, an incident without rows, or a score that is not finite.
    public static func fewestFalsePositives(
        scores: [Double], labels: [Bool], incidents: [some Collection<Int>], requiredRecall: Double
    ) -> AlarmThreshold? {
        guard let highest = highestThreshold(scores: scores, incidents: incidents, requiredRecall: requiredRecall) else {
            return nil
        }
        let normalBelow = zip(scores, labels).reduce(-Double.infinity) { best, row in
            !row.1 && row.0 < highest ? max(best, row.0) : best
        }
        let lowest = scores.reduce(highest) { $1 > normalBelow ? min($0, $1) : $0 }
        return AlarmThreshold(atLowestAlarm: lowest, scores: scores, labels: labels, incidents: incidents)
    }

    /// Best share of rows where alarm and label agree with at least `requiredRecall` of the episodes found; the highest
    /// threshold of equals.
    ///
    /// - Returns: nil for no episodes, an episode without rows, or a score that is not finite.
    public static func bestAccuracy(
        scores: [Double], labels: [Bool], episodes: [some Collection<Int>], requiredRecall: Double
    ) -> AlarmThreshold? {
        guard let highest = highestThreshold(scores: scores, incidents: episodes, requiredRecall: requiredRecall) else {
            return nil
        }
        let order = scores.indices.sorted { scores[$0] > scores[$1] }
        // Right alarms minus false ones: accuracy but for a constant.
        var balance = 0, best: (balance: Int, score: Double)?
        for (place, row) in order.enumerated() {
            balance += labels[row] ? 1 : -1
            let isLastOfEquals = place + 1 == order.count || scores[order[place + 1]] < scores[row]
            guard isLastOfEquals, scores[row] <= highest else { continue }
            if balance > best?.balance ?? Int.min { best = (balance, scores[row]) }
        }
        return best.map { AlarmThreshold(atLowestAlarm: $0.score, scores: scores, labels: labels, incidents: episodes) }
    }

    /// The lowest threshold at which at most `share` of the rows alarm, for data without labels.
    ///
    /// - Returns: nil for no rows, a score that is not finite, or where even the highest score alone is more than `share`.
    public static func alarming(share: Double, scores: [Double]) -> AlarmThreshold? {
        guard !scores.isEmpty, scores.allSatisfy(\.isFinite) else { return nil }
        let falling = scores.sorted(by: >)
        let allowed = Int(share * Double(scores.count) + 1e-9)
        guard let lowest = (0 ..< min(allowed, falling.count)).last(where: { place in
            place + 1 == falling.count || falling[place + 1] < falling[place]
        }) else { return nil }
        return AlarmThreshold(
            value: separator(atLowestAlarm: falling[lowest], scores: scores), incidentRecall: nil, falsePositiveRate: nil,
            accuracy: nil)
    }

    /// Whether each row is an alarm.
    public func alarms(_ scores: [Double]) -> [Bool] { scores.map { $0 >= value } }

    private init(value: Double, incidentRecall: Double?, falsePositiveRate: Double?, accuracy: Double?) {
        self.value = value
        self.incidentRecall = incidentRecall
        self.falsePositiveRate = falsePositiveRate
        self.accuracy = accuracy
    }

    private init(atLowestAlarm score: Double, scores: [Double], labels: [Bool], incidents: [some Collection<Int>]) {
        let value = Self.separator(atLowestAlarm: score, scores: scores)
        let alarms = scores.map { $0 >= value }
        let counts = AlarmCounts(labels: labels, alarms: alarms)
        self.init(
            value: value, incidentRecall: Incidents.recall(incidents, alarms: alarms),
            falsePositiveRate: counts.falsePositiveRate, accuracy: counts.accuracy)
    }

    /// The highest score that, as threshold, finds enough incidents.
    private static func highestThreshold(
        scores: [Double], incidents: [some Collection<Int>], requiredRecall: Double
    ) -> Double? {
        precondition((0 ... 1).contains(requiredRecall), "a recall lies in 0 ... 1, found \(requiredRecall)")
        guard !incidents.isEmpty, scores.allSatisfy(\.isFinite) else { return nil }
        let peaks = incidents.compactMap { rows in rows.lazy.map { scores[$0] }.max() }.sorted(by: >)
        guard peaks.count == incidents.count else { return nil }
        // 0.99 · 200 must be 198 whatever its last binary digit.
        let needed = Int((requiredRecall * Double(peaks.count) - 1e-9).rounded(.up))
        return peaks[max(1, needed) - 1]
    }

    /// A float32 number above every score below `score` and not above `score`.
    private static func separator(atLowestAlarm score: Double, scores: [Double]) -> Double {
        guard let below = scores.lazy.filter({ $0 < score }).max() else { return score }
        let middle = Double(Float(below + (score - below) / 2))
        return middle > below && middle <= score ? middle : score
    }
}
