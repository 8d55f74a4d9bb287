public import Telemetry

/// Reads and validates a run's input, before anything is trained.
public enum DataExamination {
    /// - Parameters:
    ///   - models: those that the data is meant for; the summary names the ones it cannot train.
    ///   - isSplit: whether the rows are to be split into train, validation and test part, or are test rows as a whole.
    /// - Throws: an `ExplainedError`: missing input, or invalid data with every finding.
    public static func examine(_ data: DataOptions, models: [ModelKind], isSplit: Bool) throws -> DataSummary {
        throw NotBuiltIn("reading telemetry")
    }
}
