/// `dwcp validate`: every problem of a data file at once.
public enum ValidateData {
    public static func run(_ options: DataOptions) throws -> CommandResult { throw NotBuiltIn("validating data") }
}

/// `dwcp split`: the train, validation and test rows as files, at the instants that training uses.
public enum SplitData {
    public static func run(_ options: DataOptions, outputDirectory: String) throws -> CommandResult {
        throw NotBuiltIn("splitting data")
    }
}

/// `dwcp generate`: telemetry and incidents from the simulator.
public enum GenerateData {
    public static func run(_ options: GenerateOptions) throws -> CommandResult { throw NotBuiltIn("generating data") }
}

/// `dwcp import`: telemetry from foreign recordings through a mapping.
public enum ImportData {
    public static func run(_ options: ImportOptions) throws -> CommandResult { throw NotBuiltIn("importing data") }
}
