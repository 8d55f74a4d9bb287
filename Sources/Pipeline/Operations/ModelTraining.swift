public import Learners

/// Trains one model, writes its artifacts, executes them again and judges them.
public enum ModelTraining {
    /// Writes `options.output` and its twin in every format of the options that the model has.
    /// - Returns: the report, its judgement with the numbers behind the plots; not written yet.
    /// - Throws: an `ExplainedError` when the model could not be trained or written. A missed target is no error.
    public static func train(
        _ options: TrainModelOptions, onEvent: @escaping @Sendable (TrainingEvent) -> Void
    ) async throws -> ModelReport {
        throw NotBuiltIn("training")
    }
}
