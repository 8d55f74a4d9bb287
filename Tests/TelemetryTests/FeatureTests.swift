import Foundation
@testable import Telemetry
import Testing

@Suite("Features")
struct FeatureTests {
    private func train(_ table: TelemetryTable) -> Part<Training> {
        Part<Training>(table, rows: Array(0 ..< Int32(table.rowCount)), gapFactor: 3)!
    }

    private func problems(
        _ features: [(name: String, formula: String, required: Bool)], decidesBeforeRow: Bool = false,
        requiredColumns: [String] = []
    ) throws -> [FeatureSelectionError.Problem] {
        let model = Sample.model(features, decidesBeforeRow: decidesBeforeRow, requiredColumns: requiredColumns)
        return try #require(throws: FeatureSelectionError.self) { try Sample.selection(model) }.problems
    }

    @Test("Optional features whose columns are absent are left out and listed")
    func omitted() throws {
        let model = Sample.model(
            [("x", "x", true), ("extra", "absent * x", false), ("code", "code", false)], requiredColumns: ["y"])
        let selection = try Sample.selection(model)
        #expect(selection.features.map(\.name) == ["x", "code"])
        #expect(selection.omitted == [OmittedFeature(name: "extra", reason: .missingColumns(["absent"]))])
        #expect(selection.columns == ["x", "code", "y"])
    }

    @Test("Everything that is missing or wrong is reported at once")
    func allProblems() throws {
        let found = try problems(
            [("a", "absent + x", true), ("b", "mystery", false), ("c", "x +", true), ("c", "x", true)],
            requiredColumns: ["label", "absent"])
        #expect(found.count == 5)
        #expect(found.contains(.missingColumns(feature: "a", ["absent"])))
        #expect(found.contains(.unknownColumn(feature: "b", "mystery")))
        #expect(found.contains(.repeatedName("c")))
        #expect(found.contains(.missingColumns(feature: nil, ["absent"])))
        #expect(try problems([("e", "absent", false)]) == [.noFeatures])
    }

    @Test("Labels and ground truth are never features, not even lagged")
    func neverFeature() throws {
        #expect(try problems([("a", "lag(label, 3)", true)]) == [.neverFeature(feature: "a", "label")])
    }

    @Test("Text and instants are no features")
    func text() throws {
        let found = try problems([("a", "timestamp", false), ("b", "is_missing(region)", false)])
        #expect(found.prefix(2) == [.notANumber(feature: "a", "timestamp"), .notANumber(feature: "b", "region")])
    }

    @Test("Where the model decides before the row, columns known afterwards must be lagged")
    func afterDecision() throws {
        for formula in ["y", "x + y", "rolling_mean(y, 3)", "diff(y, 2)", "coalesce(lag(y, 1), y)"] {
            #expect(
                try problems([("a", formula, true)], decidesBeforeRow: true) == [.knownAfterDecision(feature: "a", "y")],
                "\(formula)")
            _ = try Sample.selection(Sample.model([("a", formula, true)]))
        }
        for formula in ["lag(y, 1)", "rolling_mean(lag(y, 1), 3)", "lag(rolling_std(y, 3), 1)", "x"] {
            _ = try Sample.selection(Sample.model([("a", formula, true)], decidesBeforeRow: true))
        }
    }

    @Test("A missing cell takes the last known value of its segment, else the median of the train part")
    func filling() throws {
        let model = Sample.model([("x", "x", true), ("change", "diff(x)", true), ("inverse", "1 / x", true)])
        // Link a: a missing start, a missing middle; link b: nothing known at all; a zero to divide by.
        let table = Sample.table(
            "aaaaabb", instants: [0, 1, 2, 3, 4, 0, 1], x: [.nan, 4, .nan, 8, 0, .nan, .nan])
        let part = train(table)
        let plan = try FeaturePlan(Sample.selection(model), fittedTo: part)
        #expect(plan.features.map(\.fillValue) == [4, -8, 0.125])
        let frame = try FeatureFrame(part, plan: plan)
        #expect((0 ..< 7).map { frame.row($0).first } == [4, 4, 4, 8, 0, 4, 4])
        #expect((0 ..< 7).map { Array(frame.row($0))[1] } == [-8, -8, -8, -8, -8, -8, -8])
        #expect((0 ..< 7).map { Array(frame.row($0))[2] } == [0.125, 0.25, 0.25, 0.125, 0.125, 0.125, 0.125])
    }

    @Test("The last known value does not cross a gap")
    func gapFilling() throws {
        let table = Sample.table("aaaaa", instants: [0, 1, 2, 100, 101], x: [1, 2, 9, .nan, 3])
        let part = train(table)
        let plan = try FeaturePlan(Sample.selection(Sample.model([("x", "x", true)])), fittedTo: part)
        #expect(try FeatureFrame(part, plan: plan).values == [1, 2, 9, 2, 3])
    }

    @Test("A feature without a value in the train part is left out, or refused when required")
    func noValues() throws {
        var table = Sample.table("aa", instants: [0, 1])
        table.columns["code"] = [.nan, .nan]
        let optional = try Sample.selection(Sample.model([("x", "x", true), ("code", "code", false)]))
        let plan = try FeaturePlan(optional, fittedTo: train(table))
        #expect(plan.featureNames == ["x"])
        #expect(plan.omitted == [OmittedFeature(name: "code", reason: .noTrainingValues)])
        let required = try Sample.selection(Sample.model([("x", "x", true), ("code", "code", true)]))
        let error = try #require(throws: FeatureSelectionError.self) { try FeaturePlan(required, fittedTo: train(table)) }
        #expect(error.problems == [.noTrainingValues(feature: "code")])
    }

    @Test("A plan survives its JSON form, formulas and fill values included")
    func codable() throws {
        let split = try TemporalSplit(Sample.randomTable(3), rules: Sample.rules, longestWindow: 4, gapFactor: 3)
        let plan = try FeaturePlan(Sample.selection(Sample.wideModel), fittedTo: split.train)
        let decoded = try JSONDecoder().decode(FeaturePlan.self, from: JSONEncoder().encode(plan))
        #expect(decoded == plan)
        #expect(decoded.columns == ["x", "y", "code"])
    }

    @Test("Data without the columns that a plan reads is refused, naming them")
    func missingColumns() throws {
        let split = try TemporalSplit(Sample.randomTable(3), rules: Sample.rules, longestWindow: 4, gapFactor: 3)
        let plan = try FeaturePlan(Sample.selection(Sample.wideModel), fittedTo: split.train)
        let other = try Part<HeldOut>(wholeFile: Sample.table("aa", instants: [0, 1]), gapFactor: 3)
        let error = try #require(throws: MissingColumnsError.self) { try FeatureFrame(other, plan: plan) }
        #expect(error.columns == ["code", "y"] && error.part == "test")
    }
}
