import Foundation
import TestSupport
@testable import Telemetry
import Testing

@Suite("Scalers")
struct ScalerTests {
    private struct Reference: Decodable {
        struct Fitted: Decodable {
            var center: [Double]
            var scale: [Double]
        }
        var x: [[Float]]
        var standard: Fitted
        var robust: Fitted
        var standard_scaled: [Double]
    }

    private func reference() throws -> Reference {
        try JSONDecoder().decode(Reference.self, from: Fixture.data("Telemetry/scalers.json"))
    }

    /// A frame whose features are the given rows as they stand.
    private func frame(_ rows: [[Float]]) throws -> FeatureFrame<Training> {
        let names = (0 ..< rows[0].count).map { "f\($0)" }
        var table = Sample.table(String(repeating: "a", count: rows.count), instants: rows.indices.map(Double.init))
        for (index, name) in names.enumerated() { table.columns[name] = rows.map { $0[index] } }
        var schema = Sample.schema
        schema.columns = names.map { ColumnDefinition(name: $0, group: "all", type: .float) }
        let part = Part<Training>(table, rows: Array(0 ..< Int32(rows.count)), gapFactor: 3)!
        let selection = try FeatureSelection(
            .reliability, definition: Sample.model(names.map { ($0, $0, true) }), schema: schema,
            availableColumns: Set(names))
        return try FeatureFrame(part, plan: FeaturePlan(selection, fittedTo: part))
    }

    /// Both fit in float64; only the last rounding to float32 may differ from the reference.
    private func close(_ a: [Float], _ b: [Double]) -> Bool {
        a.count == b.count && zip(a, b).allSatisfy { abs(Double($0) - $1) <= 1e-6 * max(abs($1), 1e-6) }
    }

    @Test("The standard scaler agrees with scikit-learn, constant features included")
    func standard() throws {
        let reference = try reference()
        let scaler = StandardScaler(fittedTo: try frame(reference.x))
        #expect(close(scaler.center, reference.standard.center))
        #expect(close(scaler.scale, reference.standard.scale))
        #expect(scaler.scale[2] == 1 && scaler.scale[3] == 1 && scaler.scale[7] == 1)
        let scaled = scaler.scaled(reference.x[5])
        // Float32 subtraction of close numbers near 1e6 keeps 0.06 / 0.5 of a deviation; others keep 1e-5.
        for (index, value) in reference.standard_scaled.enumerated() {
            #expect(abs(Double(scaled[index]) - value) <= (index == 5 ? 0.13 : 1e-5))
        }
    }

    @Test("The robust scaler agrees with scikit-learn, coinciding quartiles included")
    func robust() throws {
        let reference = try reference()
        let scaler = RobustScaler(fittedTo: try frame(reference.x))
        #expect(close(scaler.center, reference.robust.center))
        #expect(close(scaler.scale, reference.robust.scale))
        #expect(scaler.scale[6] == 1)
    }

    @Test("A scaler fitted to some rows does not see the others")
    func subset() throws {
        let frame = try frame([[1, 10], [3, 10], [1000, -5], [5, 10]])
        let scaler = StandardScaler(fittedTo: frame, rows: [0, 1, 3])
        #expect(scaler.center == [3, 10] && scaler.scale[1] == 1)
        #expect(abs(scaler.scale[0] - 1.6329932) < 1e-6)
        #expect(RobustScaler(fittedTo: frame, rows: [0, 1, 3]).scale == [2, 1])
    }

    @Test("Scaling goes feature by feature over rows")
    func scaling() throws {
        let scaler = RobustScaler(fittedTo: try frame([[0, 10], [2, 30], [4, 50]]))
        #expect(scaler.center == [2, 30] && scaler.scale == [2, 20])
        #expect(scaler.scaled([4, 10, 2, 70]) == [1, -1, 0, 2])
        #expect(try JSONDecoder().decode(RobustScaler.self, from: JSONEncoder().encode(scaler)) == scaler)
    }
}
