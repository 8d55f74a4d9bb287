public import Expressions

/// How a model's input columns are computed from telemetry, fitted on training data: written into the artifact's metadata,
/// so that whoever feeds the artifact computes the same.
///
/// A cell is missing when its formula answers NaN or an infinity (a division by zero, a lag before the segment's start).
/// Rule for missing cells: the feature's last known value in the same segment, else its fill value, the median of its known
/// values in the train part.
public struct FeaturePlan: Sendable, Codable, Equatable {
    public let model: ModelKind
    /// In the order of the model's input columns.
    public let features: [Feature]
    /// Features that the schema offers and this plan does without.
    public let omitted: [OmittedFeature]

    public struct Feature: Sendable, Codable, Equatable {
        public let name: String
        public let formula: Formula
        public let unit: String
        /// Stands for a missing cell that no earlier row of its segment can supply.
        public let fillValue: Float

        enum CodingKeys: String, CodingKey {
            case name, formula, unit
            case fillValue = "fill_value"
        }
    }

    public var featureNames: [String] { features.map(\.name) }

    /// The columns the formulas read, in order of first appearance.
    public var columns: [String] {
        var seen: Set<String> = []
        return features.flatMap(\.formula.columns).filter { seen.insert($0).inserted }
    }

    /// Fits the fill values. Optional features without a value in the train part are left out and listed.
    /// - Throws: `FeatureSelectionError` when a required feature has no value in the train part, or none is left;
    ///   `MissingColumnsError` when `part` lacks columns of the selection.
    public init(_ selection: FeatureSelection, fittedTo part: Part<Training>) throws {
        let formulas = selection.features.map(\.formula)
        try part.requireColumns(formulas.flatMap(\.columns), for: selection.model)
        var known = [[Float]](repeating: [], count: formulas.count)
        for segment in part.segments.segments {
            for (feature, values) in part.values(of: formulas, over: segment).enumerated() {
                known[feature] += values.filter { !$0.isNaN }
            }
        }
        var features: [Feature] = []
        var omitted = selection.omitted
        var problems: [FeatureSelectionError.Problem] = []
        for (place, feature) in selection.features.enumerated() {
            if let median = Self.median(known[place]) {
                features.append(
                    Feature(name: feature.name, formula: feature.formula, unit: feature.unit, fillValue: median))
            } else if feature.required {
                problems.append(.noTrainingValues(feature: feature.name))
            } else {
                omitted.append(OmittedFeature(name: feature.name, reason: .noTrainingValues))
            }
        }
        if features.isEmpty && problems.isEmpty { problems.append(.noFeatures) }
        guard problems.isEmpty else { throw FeatureSelectionError(model: selection.model, problems: problems) }
        model = selection.model
        self.features = features
        self.omitted = omitted
    }

    /// The lower of the middle two for an even count, so that a categorical code stays a code; nil for none.
    private static func median(_ values: [Float]) -> Float? {
        values.isEmpty ? nil : values.orderStatistic((values.count - 1) / 2)
    }
}
