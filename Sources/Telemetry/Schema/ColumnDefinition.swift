/// One column of the telemetry schema.
public struct ColumnDefinition: Sendable, Codable, Equatable {
    public var name: String
    /// One of the schema's eleven groups, for example `latency`.
    public var group: String
    public var type: ColumnType
    /// Physical unit as written in reports (`ms`, `Mbit/s`, `ratio`, `count`), or `""`.
    public var unit: String
    /// Allowed values, inclusive; absent bounds are unlimited.
    public var minimum: Double?
    public var maximum: Double?
    /// Allowed values of a categorical column; a value's code is its position.
    public var categories: [String]?
    /// Whether every file must have the column.
    public var required: Bool
    /// Largest tolerated share of empty cells, 0…1; the schema's default when absent.
    public var missingLimit: Double?
    public var availability: Availability
    public var meaning: String

    public init(
        name: String, group: String, type: ColumnType, unit: String = "", minimum: Double? = nil, maximum: Double? = nil,
        categories: [String]? = nil, required: Bool = false, missingLimit: Double? = nil,
        availability: Availability = .beforeDecision, meaning: String = ""
    ) {
        self.name = name
        self.group = group
        self.type = type
        self.unit = unit
        self.minimum = minimum
        self.maximum = maximum
        self.categories = categories
        self.required = required
        self.missingLimit = missingLimit
        self.availability = availability
        self.meaning = meaning
    }

    enum CodingKeys: String, CodingKey {
        case name, group, type, unit, minimum, maximum, categories, required
        case missingLimit = "missing_limit"
        case availability = "known"
        case meaning
    }
}

public enum ColumnType: String, Sendable, Codable {
    case datetime, int64, float, string, categorical
}

/// When a row's value is known, relative to the decision that the row records.
public enum Availability: String, Sendable, Codable {
    /// Known when the sender decides; may enter a feature unlagged.
    case beforeDecision = "before_decision"
    /// Known only afterwards; may enter a feature lagged by at least one row of the same series, or not at all.
    case afterDecision = "after_decision"
    /// Labels, simulator or emulator truth: never a feature.
    case neverFeature = "never_feature"
}
