import Foundation
import Inference
import ModelGraph
import Randomness
import Testing

@testable import ModelArtifacts

@Suite struct ForestInteropTests {
    /// Rows on splits and at the threshold are a small part of what is written with DWCP_INTEROP_FOLDER, and all of it is
    /// compared to the bit.
    private static let rows = ForestSample.rows(
        ProcessInfo.processInfo.environment["DWCP_INTEROP_FOLDER"] == nil ? 600 : 100_000)

    /// Writes what `Tools/interop/forest_check.py` loads with scikit-learn and ONNX Runtime: `forest.pkl`, `forest.onnx`,
    /// `forest_input.npy` and `forest_output.npy`, and another pair without a threshold.
    @Test("a forest is written with rows and scores for the check with scikit-learn and ONNX Runtime")
    func writeFolder() throws {
        let folder = ProcessInfo.processInfo.environment["DWCP_INTEROP_FOLDER"].map { URL(fileURLWithPath: $0) }
            ?? FileManager.default.temporaryDirectory.appendingPathComponent("forest-interop-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        let scores = try #require(try GraphExecutor(ForestSample.graph()).run(["input": Self.rows])["output"])
        // A score that occurs: the rows that have it are alarms.
        let threshold = scores.values.sorted()[scores.values.count * 9 / 10]
        for (name, graph) in [
            ("forest", ForestSample.graph(threshold: "\(threshold)")), ("forest_without_threshold", ForestSample.graph()),
        ] {
            let base = folder.appendingPathComponent(name).path
            try SklearnPickle.write(graph, to: "\(base).pkl")
            try OnnxFile.write(graph, to: "\(base).onnx")
            try NumPyArray.write(Self.rows, to: "\(base)_input.npy")
            try NumPyArray.write(scores, to: "\(base)_output.npy")
            let operators = try OperatorExecutor(OnnxFile.read("\(base).onnx")).run(["input": Self.rows])
            #expect(operators["output"] == scores)
            let pickled = try GraphExecutor(SklearnPickle.read("\(base).pkl")).run(["input": Self.rows])["output"]
            #expect(pickled == scores)
            guard name == "forest" else { continue }
            #expect(operators["is_anomaly"]?.values == scores.values.map { $0 >= threshold ? 1 : 0 })
        }
        if ProcessInfo.processInfo.environment["DWCP_INTEROP_FOLDER"] == nil {
            try FileManager.default.removeItem(at: folder)
        }
    }
}
