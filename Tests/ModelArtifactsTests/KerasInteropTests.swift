import Foundation
import ModelGraph
import Randomness
import Testing

@testable import ModelArtifacts

@Suite struct KerasInteropTests {
    /// Writes what `Tools/interop/keras_check.py` loads with stock Keras: for each graph `<name>.keras`,
    /// `<name>_input.npy` and `<name>_output.npy`. The folder is DWCP_INTEROP_FOLDER, or a temporary one when only the
    /// Swift side is tested.
    @Test("Every operation is written with inputs and expected outputs for the check with stock Keras")
    func writeFolder() throws {
        let folder = ProcessInfo.processInfo.environment["DWCP_INTEROP_FOLDER"].map { URL(fileURLWithPath: $0) }
            ?? FileManager.default.temporaryDirectory.appendingPathComponent("keras-interop-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for graph in KerasGraphs.all() {
            var random = RandomStream(seed: 5).child(graph.name)
            let shape = [5] + graph.inputs[0].shape
            let input = Tensor(shape: shape, values: (0 ..< shape.reduce(1, *)).map { _ in Float(random.uniform(-2, 2)) })
            let base = folder.appendingPathComponent(graph.name).path
            try KerasArchive.write(graph, to: "\(base).keras")
            try NumPyArray.write(input, to: "\(base)_input.npy")
            try NumPyArray.write(KerasPlainForward.run(graph, input), to: "\(base)_output.npy")
            #expect(try KerasArchive.read("\(base).keras") == graph)
            #expect(try NumPyArray.read("\(base)_input.npy") == input)
        }
        if ProcessInfo.processInfo.environment["DWCP_INTEROP_FOLDER"] == nil {
            try FileManager.default.removeItem(at: folder)
        }
    }
}
