public import Failures

/// Features of the bandwidth model that its trainer and its judge address by name; the schema defines their formulas.
public enum BandwidthFeature {
    /// The row's throughput, Mbit/s.
    public static let lastValue = "throughput_mbps"
    /// The recent level of the link's throughput, above zero, Mbit/s.
    public static let scale = "throughput_scale_mbps"
}

extension Schema {
    /// The values that a model predicts, in frame order, as the schema's targets name them.
    /// - Throws: `TargetError` when the schema names no target or the recording lacks its column.
    public func targetColumn<Role>(of model: ModelKind, in frame: FeatureFrame<Role>) throws(TargetError) -> [Float] {
        guard let target = targets.first(where: { $0.model == model }) else { throw TargetError(model: model, column: nil) }
        guard let column = frame.column(target.column) else { throw TargetError(model: model, column: target.column) }
        return column
    }
}

/// The values that a model must predict are not there.
public struct TargetError: ExplainedError, Equatable {
    public let model: ModelKind
    public let column: String?

    public var category: FailureCategory { .invalidData }

    public var description: String {
        guard let column else {
            return "the schema names no target for the \(model.rawValue) model; add one to its `targets`"
        }
        return "the recording lacks the column \(column), the target of the \(model.rawValue) model; record it, or leave the "
            + "model out with --models"
    }
}
