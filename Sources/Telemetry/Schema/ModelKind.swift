//  Telemetry owns recorded data: the schema document, reading and validating files, series, splits, features, windows and
//  scalers. It must never import a learner, an artifact format or the judge: data does not know what is made of it.

/// The four models, in the order of every listing.
public enum ModelKind: String, Sendable, Codable, CaseIterable, CodingKeyRepresentable {
    case bandwidth, compression, reliability, latency

    /// The stem of the model's files: `bandwidth_predictor.keras`, `bandwidth_predictor_report.json` …
    public var fileStem: String {
        switch self {
        case .bandwidth: "bandwidth_predictor"
        case .compression: "compression_selector"
        case .reliability: "reliability_model"
        case .latency: "consensus_latency"
        }
    }

    /// Steps that an input window may have: models of single rows have one, models of sequences at least two.
    public var windowLengths: ClosedRange<Int> {
        switch self {
        case .bandwidth, .latency: 2 ... 100_000
        case .compression, .reliability: 1 ... 1
        }
    }
}
