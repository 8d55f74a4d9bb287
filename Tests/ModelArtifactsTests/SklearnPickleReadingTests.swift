import Foundation
import Inference
import ModelGraph
import TestSupport
import Testing

@testable import ModelArtifacts

/// Files that scikit-learn wrote (`Tests/Fixtures/SklearnPickles`).
@Suite struct SklearnPickleReadingTests {
    struct Case: Decodable, CustomTestStringConvertible {
        let name: String
        let offset: Double
        let rows: [[Float]]
        let scores: [Double]
        let flags: [Int]
        var testDescription: String { name }
    }

    static func cases() throws -> [Case] {
        try JSONDecoder().decode([Case].self, from: Fixture.data("SklearnPickles/cases.json"))
    }

    static func graph(_ name: String) throws -> ModelGraph {
        try SklearnPickle.read(Fixture.url("SklearnPickles/\(name).pkl").path)
    }

    static func scores(_ graph: ModelGraph, _ rows: [[Float]]) throws -> [Float] {
        let input = Tensor(shape: [rows.count, rows[0].count], values: rows.flatMap { $0 })
        return try #require(try GraphExecutor(graph).run(["input": input])["output"]).values
    }

    @Test("a forest pickled by scikit-learn gives its scores and its flags on every row, rows on a split included",
          arguments: try cases())
    func agreement(_ sample: Case) throws {
        let graph = try Self.graph(sample.name)
        let scores = try Self.scores(graph, sample.rows)
        let threshold = try #require(graph.metadata["threshold"].flatMap { Double($0) })
        for (row, score) in scores.enumerated() {
            // Path lengths, their mean and the score are each rounded to float32.
            #expect(abs(Double(score) - sample.scores[row]) < 2e-7, "row \(row)")
            #expect((Double(score) >= threshold) == (sample.flags[row] == 1), "row \(row)")
        }
        // Neither all nor none, or the comparison would say little.
        #expect(Set(sample.flags).count == 2)
        #expect(abs(threshold + sample.offset) < 2e-7)
    }

    @Test("what pickletools leaves out does not matter")
    func optimised() throws {
        #expect(try Self.graph("optimized") == Self.graph("bootstrap"))
    }

    @Test("column names of a DataFrame become the feature names")
    func featureNames() throws {
        #expect(try Self.graph("contamination").metadata["feature_names"] == "rtt_ms,links,loss,uptime")
        #expect(try Self.graph("plain").metadata["feature_names"] == nil)
    }

    @Test("a forest that read scikit-learn's file writes one with the same scores")
    func rewritten() throws {
        for sample in try Self.cases() {
            let graph = try Self.graph(sample.name)
            let again = try SklearnPickle.decode(SklearnPickle.encode(graph), path: "again.pkl")
            #expect(try Self.scores(again, sample.rows) == Self.scores(graph, sample.rows))
            #expect(again.metadata == graph.metadata)
        }
    }

    @Test("an unfitted forest and a joblib file are refused with what to do instead")
    func refusals() {
        let unfitted = #expect(throws: ArtifactError.self) { try Self.graph("unfitted") }
        #expect(unfitted?.description.contains("not fitted; call its fit") == true)
        let joblib = #expect(throws: ArtifactError.self) { try Self.graph("joblib") }
        #expect(joblib?.description.contains("`joblib.numpy_pickle.NumpyArrayWrapper`") == true)
        #expect(joblib?.description.contains("pickle.dump(model, file, protocol=4)") == true)
        #expect(joblib?.place.hasPrefix("byte ") == true)
    }
}
