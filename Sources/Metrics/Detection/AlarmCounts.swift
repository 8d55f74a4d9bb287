/// Rows by label and alarm. Counts are real numbers so that resamples can weigh them.
public struct AlarmCounts: RowSums, Codable, Equatable {
    /// Abnormal rows with an alarm.
    public private(set) var truePositives = 0.0
    /// Normal rows with an alarm.
    public private(set) var falsePositives = 0.0
    /// Normal rows without an alarm.
    public private(set) var trueNegatives = 0.0
    /// Abnormal rows without an alarm.
    public private(set) var falseNegatives = 0.0

    public init() {}

    /// The counts of one row.
    public init(label: Bool, alarm: Bool) {
        switch (label, alarm) {
        case (true, true): truePositives = 1
        case (false, true): falsePositives = 1
        case (false, false): trueNegatives = 1
        case (true, false): falseNegatives = 1
        }
    }

    /// The counts of all rows.
    public init(labels: [Bool], alarms: [Bool]) {
        precondition(labels.count == alarms.count, "one label and one alarm per row")
        for (label, alarm) in zip(labels, alarms) { add(AlarmCounts(label: label, alarm: alarm), times: 1) }
    }

    public mutating func add(_ other: AlarmCounts, times weight: Double) {
        truePositives += other.truePositives * weight
        falsePositives += other.falsePositives * weight
        trueNegatives += other.trueNegatives * weight
        falseNegatives += other.falseNegatives * weight
    }

    /// Share of alarms that are right; nil without an alarm.
    public var precision: Double? { (truePositives / (truePositives + falsePositives)).ifFinite }

    /// Share of positive rows with an alarm (point recall); nil without a positive row.
    public var recall: Double? { (truePositives / (truePositives + falseNegatives)).ifFinite }

    /// 2TP / (2TP + FP + FN); nil where no row is positive or an alarm.
    public var f1: Double? {
        (2 * truePositives / (2 * truePositives + falsePositives + falseNegatives)).ifFinite
    }

    /// Share of normal rows with an alarm; nil without a normal row.
    public var falsePositiveRate: Double? { (falsePositives / (falsePositives + trueNegatives)).ifFinite }

    /// Share of rows where alarm and label agree.
    public var accuracy: Double? {
        let total = truePositives + falsePositives + trueNegatives + falseNegatives
        return ((truePositives + trueNegatives) / total).ifFinite
    }
}
