/// The telemetry schema: the single source of truth for columns, features, gates and rules.
///
/// Read from `schemas/dwcp_training_schema.json`; unknown keys are refused, so that a misspelt rule cannot be ignored.
public struct Schema: Sendable, Codable, Equatable {
    public var version: String
    /// Group names in display order.
    public var groups: [String]
    public var columns: [ColumnDefinition]
    public var targets: [TargetDefinition]
    public var models: [ModelKind: ModelDefinition]
    public var quality: QualityRules
    public var split: SplitRules
    public var incidents: IncidentRules

    /// The five prediction targets.
    public struct TargetDefinition: Sendable, Codable, Equatable {
        public var name: String
        /// `regression`, `classification`, `anomaly` or `time_series`.
        public var kind: String
        public var column: String
        public var model: ModelKind?
        public var meaning: String
    }

    public struct QualityRules: Sendable, Codable, Equatable {
        /// Largest share of empty cells where a column does not say otherwise.
        public var missingLimit: Double
        /// Spellings that count as an empty cell, for example `NaN`; none when absent.
        public var missingMarkers: [String]?
        /// Outliers lie beyond `quartile ± multiplier · IQR`; they are reported, never removed.
        public var outlierIQRMultiplier: Double
        /// A step longer than `gapFactor` times the series' median interval is a gap.
        public var gapFactor: Double
        /// Least rows in a file.
        public var minimumRows: Int

        enum CodingKeys: String, CodingKey {
            case missingLimit = "missing_limit"
            case missingMarkers = "missing_markers"
            case outlierIQRMultiplier = "outlier_iqr_multiplier"
            case gapFactor = "gap_factor"
            case minimumRows = "minimum_rows"
        }
    }

    public struct SplitRules: Sendable, Codable, Equatable {
        /// Shares of the time span; the test part is what is left.
        public var train: Double
        public var validation: Double
        public var test: Double
        /// Steps left out at the start of the validation and test parts; never less than any model's window.
        public var embargoSteps: Int
        public var seed: UInt64

        enum CodingKeys: String, CodingKey {
            case train, validation, test, seed
            case embargoSteps = "embargo_steps"
        }
    }

    public struct IncidentRules: Sendable, Codable, Equatable {
        /// How long an incident without an end lasts, seconds.
        public var defaultDurationSeconds: Double
        public var types: [String]
        public var severities: [String]
        /// Incident types that affect consensus.
        public var affectingConsensus: [String]

        enum CodingKeys: String, CodingKey {
            case types, severities
            case defaultDurationSeconds = "default_duration_seconds"
            case affectingConsensus = "affecting_consensus"
        }
    }

    /// The columns that say when and on which directed link a row was recorded. Every file has them.
    public static let timestampColumn = "timestamp"
    public static let nodeColumn = "node_id"
    public static let peerColumn = "peer_id"
    public static let identityColumns = [timestampColumn, nodeColumn, peerColumn]

    public func column(_ name: String) -> ColumnDefinition? { columns.first { $0.name == name } }
}
