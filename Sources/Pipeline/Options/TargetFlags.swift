public import Telemetry

/// How the target flags of the command line map to the schema's gates, in one place for `train-all`, which sets several at
/// once, and `train`, which sets one model's.
public struct TargetFlags: Sendable, Codable, Equatable {
    /// Correlation, compression accuracy, incident recall and detection accuracy.
    public var accuracy: Double?
    public var correlation: Double?
    /// Percent.
    public var mape: Double?
    public var recall: Double?
    public var prAUC: Double?
    public var maximumFalsePositiveRate: Double?

    /// Raw values survive the way to snake case and back.
    enum CodingKeys: String, CodingKey {
        case accuracy, correlation, mape, recall, maximumFalsePositiveRate
        case prAUC = "prAuc"
    }

    public init(
        accuracy: Double? = nil, correlation: Double? = nil, mape: Double? = nil, recall: Double? = nil, prAUC: Double? = nil,
        maximumFalsePositiveRate: Double? = nil
    ) {
        self.accuracy = accuracy
        self.correlation = correlation
        self.mape = mape
        self.recall = recall
        self.prAUC = prAUC
        self.maximumFalsePositiveRate = maximumFalsePositiveRate
    }

    /// Overrides of one model's gates, by metric name. A flag of its own wins over the common accuracy.
    public func targets(for model: ModelKind) -> [String: Double] {
        let byMetric: [String: Double?] =
            switch model {
            case .bandwidth: ["correlation": correlation ?? accuracy, "mape": mape]
            case .compression: ["accuracy": accuracy]
            case .reliability:
                ["incident_recall": recall ?? accuracy, "pr_auc": prAUC, "false_positive_rate": maximumFalsePositiveRate]
            case .latency: ["detection_accuracy": accuracy]
            }
        return byMetric.compactMapValues(\.self)
    }

    /// The flags that make `dwcp train <model>` apply the same targets.
    func arguments(for model: ModelKind) -> [String] {
        let flags: [(String, Double?)] =
            switch model {
            case .bandwidth: [("--target-correlation", correlation ?? accuracy), ("--target-mape", mape)]
            case .compression, .latency: [("--target-accuracy", accuracy)]
            case .reliability:
                [
                    ("--target-recall", recall ?? accuracy), ("--target-pr-auc", prAUC),
                    ("--max-fp-rate", maximumFalsePositiveRate),
                ]
            }
        return flags.flatMap { name, value in value.map { [name, "\($0)"] } ?? [] }
    }
}
