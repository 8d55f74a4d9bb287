/// What the schema says about one model: its features, defaults and gates.
public struct ModelDefinition: Sendable, Codable, Equatable {
    public var description: String
    /// Steps per input window; 1 for models of single rows.
    public var windowLength: Int
    /// Whether the model decides before the row it is judged on is known (the compression level of a block): columns known
    /// only after the decision must then enter its features lagged by at least one row. The other models look back from the
    /// row.
    public var decidesBeforeRow: Bool
    /// In the order of the model's input columns.
    public var features: [FeatureDefinition]
    /// Columns beyond the features that training or judging needs (targets, labels), each of which must be present.
    public var requiredColumns: [String]
    /// Defaults by name (`epochs`, `batch_size`, `learning_rate`, `dropout`, `trees` …); flags override them.
    public var hyperparameters: [String: Double]
    public var gates: [GateDefinition]
    /// Numbers of the judgement beyond the gates: `tie_band`, `floor_share`, `minimum_units` …
    public var judgement: [String: Double]

    enum CodingKeys: String, CodingKey {
        case description, features, hyperparameters, gates, judgement
        case windowLength = "window_length"
        case decidesBeforeRow = "decides_before_row"
        case requiredColumns = "required_columns"
    }
}

/// One input column of a model: an expression over schema columns of one series.
public struct FeatureDefinition: Sendable, Codable, Equatable {
    /// Unique in the model, for example `rtt_ms_mean_10`.
    public var name: String
    /// An expression as `Expressions` parses it, for example `rolling_mean(rtt_ms, 10)` or `lag(hde_compression_ratio, 1)`.
    public var formula: String
    public var unit: String
    /// A file without the formula's columns cannot train the model; an optional feature is left out instead.
    public var required: Bool

    public init(name: String, formula: String, unit: String = "", required: Bool) {
        self.name = name
        self.formula = formula
        self.unit = unit
        self.required = required
    }
}

/// A target that the written artifact must reach on the test part.
public struct GateDefinition: Sendable, Codable, Equatable {
    /// A metric's name, for example `incident_recall`.
    public var metric: String
    public var direction: Direction
    public var target: Double
    /// `""` for ratios and correlations, else `%`, `ms` …
    public var unit: String
    /// The flag that overrides `target`, for example `--target-recall`.
    public var flag: String?

    public enum Direction: String, Sendable, Codable {
        case atLeast = "at_least"
        case atMost = "at_most"
        case above
        case below
    }

    public init(metric: String, direction: Direction, target: Double, unit: String = "", flag: String? = nil) {
        self.metric = metric
        self.direction = direction
        self.target = target
        self.unit = unit
        self.flag = flag
    }
}
