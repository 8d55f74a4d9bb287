import Foundation
import Inference
import ModelGraph
import Testing

@testable import ModelArtifacts

@Suite struct OnnxInteropTests {
    /// Writes what `Tools/interop/onnx_check.py` runs in ONNX Runtime: for each case `<name>.onnx`, one
    /// `<name>_<input>.npy` for each input and `<name>_output.npy`. The folder is DWCP_INTEROP_FOLDER, or a temporary one
    /// when only the Swift side is tested.
    @Test("every operation is written with inputs and expected outputs for the check with ONNX Runtime")
    func writeFolder() throws {
        let folder = ProcessInfo.processInfo.environment["DWCP_INTEROP_FOLDER"].map { URL(fileURLWithPath: $0) }
            ?? FileManager.default.temporaryDirectory.appendingPathComponent("onnx-interop-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        for layer in LayerCase.all {
            let base = folder.appendingPathComponent(layer.name.replacing(" ", with: "_")).path
            let output = try #require(try GraphExecutor(layer.graph).run(layer.inputs)["output"])
            try OnnxFile.write(layer.graph, to: "\(base).onnx")
            for (name, input) in layer.inputs { try NumPyArray.write(input, to: "\(base)_\(name).npy") }
            try NumPyArray.write(output, to: "\(base)_output.npy")
            #expect(try OnnxFile.read("\(base).onnx") == OnnxFile.operators(of: layer.graph))
        }
        if ProcessInfo.processInfo.environment["DWCP_INTEROP_FOLDER"] == nil {
            try FileManager.default.removeItem(at: folder)
        }
    }
}
