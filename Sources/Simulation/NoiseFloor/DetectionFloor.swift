/// Scores of the ideal detectors of incidents and of slow consensus.
enum DetectionFloor {
    static let windowLength = 20
    /// The threshold leaves at most this share of incidents or episodes unfound.
    private static let missedShare = 0.01

    static func reliability(_ series: [NoiseFloorMeter.Series]) -> NoiseFloor.ModelFloor {
        let scores = series.flatMap(\.reliabilityScore)
        let labels = series.flatMap { $0.incident.map { $0 != nil } }
        var found: [Int: Double] = [:]
        for one in series {
            for (incident, score) in zip(one.incident, one.reliabilityScore) {
                if let incident { found[incident.id] = max(found[incident.id] ?? -.infinity, score) }
            }
        }
        var best: [String: Double] = [:]
        best["pr_auc"] = FloorMetrics.averagePrecision(scores: scores, labels: labels).map(FloorMetrics.tidy)
        if let threshold = threshold(for: Array(found.values)) {
            let alarms = zip(scores, labels).filter { !$0.1 && $0.0 >= threshold }.count
            best["false_positive_rate"] = FloorMetrics.tidy(Double(alarms) / Double(max(labels.count { !$0 }, 1)))
            let recalled = found.values.filter { $0 >= threshold }.count
            best["incident_recall"] = FloorMetrics.tidy(Double(recalled) / Double(found.count))
        }
        return NoiseFloor.ModelFloor(
            definition: """
                log likelihood ratio of any fault against none, from a row's heartbeats, failed transfers, loss and RTT, \
                knowing the state and the effect of every fault type; threshold: fewest false alarms with 99 % of \
                incidents found
                """,
            best: best, baselines: [:],
            counts: ["rows": labels.count, "incident_rows": labels.count { $0 }, "incidents": found.count])
    }

    static func consensus(_ series: [NoiseFloorMeter.Series]) -> NoiseFloor.ModelFloor {
        var (scores, labels, episodes) = ([Double](), [Bool](), [Double]())
        for one in series {
            let affected = one.incident.map { $0?.type.affectsConsensus ?? false }
            for start in stride(from: 0, through: affected.count - windowLength, by: 1) {
                let window = start ..< start + windowLength
                scores.append(one.consensusScore[window].max() ?? 0)
                labels.append(affected[window].contains(true))
            }
            episodes += episodePeaks(affected, scores: one.consensusScore)
        }
        var best: [String: Double] = [:]
        if let (accuracy, threshold) = FloorMetrics.bestAccuracy(scores: scores, labels: labels) {
            best["detection_accuracy"] = FloorMetrics.tidy(accuracy)
            if !episodes.isEmpty {
                let recalled = episodes.count { $0 >= threshold }
                best["episode_recall"] = FloorMetrics.tidy(Double(recalled) / Double(episodes.count))
            }
        }
        return NoiseFloor.ModelFloor(
            definition: """
                log likelihood ratio of any consensus-affecting fault against none, from a row's consensus latency; a \
                window of 20 rows scores as its highest row; threshold of the best accuracy
                """,
            best: best, baselines: [:],
            counts: ["windows": scores.count, "labelled_windows": labels.count { $0 }, "episodes": episodes.count])
    }

    /// The highest score of each episode: labelled steps at most a window apart belong together.
    private static func episodePeaks(_ affected: [Bool], scores: [Double]) -> [Double] {
        var (peaks, last) = ([Double](), -1)
        for step in affected.indices where affected[step] {
            if last >= 0 && step - last <= windowLength {
                peaks[peaks.count - 1] = max(peaks[peaks.count - 1], scores[step])
            } else {
                peaks.append(scores[step])
            }
            last = step
        }
        return peaks
    }

    /// The highest threshold that finds all but one percent.
    private static func threshold(for peaks: [Double]) -> Double? {
        guard !peaks.isEmpty else { return nil }
        return peaks.sorted()[Int(missedShare * Double(peaks.count))]
    }
}
