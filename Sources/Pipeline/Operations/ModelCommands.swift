/// `dwcp predict`: a written model's outputs on telemetry.
public enum Predict {
    public static func run(_ options: PredictOptions) throws -> CommandResult { throw NotBuiltIn("predicting") }
}

/// `dwcp inspect`: layers, shapes, parameters and metadata of an artifact.
public enum InspectModel {
    public static func run(path: String) throws -> CommandResult { throw NotBuiltIn("inspecting a model") }
}
