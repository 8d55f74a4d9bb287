import Foundation
import Inference
import ModelGraph
import Randomness
import Testing

@testable import ModelArtifacts

@Suite struct KerasInteropTests {
    private static let folder = ProcessInfo.processInfo.environment["DWCP_INTEROP_FOLDER"].map { URL(fileURLWithPath: $0) }

    /// Writes what `Tools/interop/keras_check.py` loads with stock Keras: for each graph `<name>.keras`, `<name>.h5` and
    /// `<name>.json` with its weights, `<name>_input.npy` and `<name>_output.npy`; for graphs with several inputs or outputs
    /// `<name>_input_<number>.npy` and so on. The folder is DWCP_INTEROP_FOLDER, or a temporary one when only the Swift side
    /// is tested.
    @Test("Every operation is written with inputs and expected outputs for the check with stock Keras")
    func writeFolder() throws {
        let folder = Self.folder
            ?? FileManager.default.temporaryDirectory.appendingPathComponent("keras-interop-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for graph in KerasGraphs.all() + KerasGraphs.wrapped() {
            let base = folder.appendingPathComponent(graph.name).path
            for ending in ["keras", "h5", "json"] {
                try KerasFile.write(graph, to: "\(base).\(ending)")
                #expect(try KerasFile.read("\(base).\(ending)") == graph)
            }
            var random = RandomStream(seed: 5).child(graph.name)
            let inputs = graph.inputs.map { input in
                let shape = [5] + input.shape
                return Tensor(shape: shape, values: (0 ..< shape.reduce(1, *)).map { _ in Float(random.uniform(-2, 2)) })
            }
            try Self.write(inputs, to: "\(base)_input")
            #expect(try NumPyArray.read(inputs.count == 1 ? "\(base)_input.npy" : "\(base)_input_0.npy") == inputs[0])
            let results = try GraphExecutor(graph).run(Dictionary(
                uniqueKeysWithValues: zip(graph.inputs.map(\.name), inputs)))
            try Self.write(graph.outputs.compactMap { results[$0.name] }, to: "\(base)_output")
        }
        if Self.folder == nil { try FileManager.default.removeItem(at: folder) }
    }

    /// One array without a number, several with theirs.
    private static func write(_ arrays: [Tensor], to base: String) throws {
        for (number, array) in arrays.enumerated() {
            try NumPyArray.write(array, to: arrays.count == 1 ? "\(base).npy" : "\(base)_\(number).npy")
        }
    }
}
