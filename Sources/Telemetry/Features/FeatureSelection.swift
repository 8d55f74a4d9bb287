public import Expressions

/// The features of a model that a file can supply, checked against the schema.
///
/// Optional features whose columns are absent are left out and listed. Nothing is computed yet: this answers which columns
/// to read and whether the model can be trained at all.
public struct FeatureSelection: Sendable, Equatable {
    public let model: ModelKind
    /// In the order of the model's input columns.
    public let features: [Feature]
    /// Optional features that this file cannot supply.
    public let omitted: [OmittedFeature]
    /// The columns beyond the features that training or judging needs.
    public let requiredColumns: [String]

    public struct Feature: Sendable, Equatable {
        public var name: String
        public var formula: Formula
        public var unit: String
        public var required: Bool
    }

    /// The columns to read for this model: those of the features in order of first appearance, then the required ones.
    public var columns: [String] {
        var seen: Set<String> = []
        return (features.flatMap(\.formula.columns) + requiredColumns).filter { seen.insert($0).inserted }
    }

    /// - Parameters:
    ///   - availableColumns: the columns of the file.
    /// - Throws: `FeatureSelectionError` with every problem at once: formulas that do not parse, columns that the schema
    ///   does not know or that may not be features, columns known only after the decision without a lag where the model
    ///   decides before the row, required columns that the file lacks, two features of one name, or no feature left.
    public init(
        _ kind: ModelKind, definition: ModelDefinition, schema: Schema, availableColumns: Set<String>
    ) throws(FeatureSelectionError) {
        var problems: [FeatureSelectionError.Problem] = []
        var features: [Feature] = []
        var omitted: [OmittedFeature] = []
        var names: Set<String> = []
        for feature in definition.features {
            if !names.insert(feature.name).inserted { problems.append(.repeatedName(feature.name)) }
            let formula: Formula
            do {
                formula = try Formula(parsing: feature.formula)
            } catch {
                problems.append(.unreadable(feature: feature.name, error))
                continue
            }
            problems += Self.leaks(of: feature.name, formula, decidesBeforeRow: definition.decidesBeforeRow, schema: schema)
            let absent = formula.columns.filter { !availableColumns.contains($0) }
            if absent.isEmpty {
                features.append(
                    Feature(name: feature.name, formula: formula, unit: feature.unit, required: feature.required))
            } else if feature.required {
                problems.append(.missingColumns(feature: feature.name, absent))
            } else {
                omitted.append(OmittedFeature(name: feature.name, reason: .missingColumns(absent)))
            }
        }
        let absent = definition.requiredColumns.filter { !availableColumns.contains($0) }
        if !absent.isEmpty { problems.append(.missingColumns(feature: nil, absent)) }
        if features.isEmpty && problems.isEmpty { problems.append(.noFeatures) }
        guard problems.isEmpty else { throw FeatureSelectionError(model: kind, problems: problems) }
        model = kind
        self.features = features
        self.omitted = omitted
        requiredColumns = definition.requiredColumns
    }

    /// What a feature reads although the model may not know it.
    private static func leaks(
        of feature: String, _ formula: Formula, decidesBeforeRow: Bool, schema: Schema
    ) -> [FeatureSelectionError.Problem] {
        formula.columns.compactMap { name in
            guard let column = schema.column(name) else { return .unknownColumn(feature: feature, name) }
            switch (column.type, column.availability) {
            case (.datetime, _), (.string, _):
                return .notANumber(feature: feature, name)
            case (_, .neverFeature):
                return .neverFeature(feature: feature, name)
            case (_, .afterDecision) where decidesBeforeRow && formula.minimumLag(ofColumn: name) == 0:
                return .knownAfterDecision(feature: feature, name)
            default:
                return nil
            }
        }
    }
}

/// A feature that the schema offers and the model does without.
public struct OmittedFeature: Sendable, Codable, Equatable {
    public var name: String
    public var reason: Reason

    public enum Reason: Sendable, Codable, Equatable {
        /// The file lacks these columns.
        case missingColumns([String])
        /// The columns are there, but the train part holds no value.
        case noTrainingValues
    }
}
