import Evaluation
import Foundation
import Inference
import ModelArtifacts
import ModelGraph
import Telemetry
import Testing

@testable import Pipeline

@Suite("An export is refused unless the file on disk is the trained model")
struct ArtifactExportTests {
    private let folder: ScratchFolder
    private let graph: ModelGraph
    private let check: (inputs: Tensor, outputs: Tensor)

    init() throws {
        folder = try ScratchFolder()
        graph = SampleModels.bandwidth()
        let inputs = SampleModels.inputs(graph)
        let outputs = try GraphExecutor(graph).run(["input": inputs])["output"]
        check = (inputs, try #require(outputs))
    }

    private static let files = ["model.keras", "model.onnx"]

    private func export(
        _ file: String, writing write: @escaping (ModelGraph, String) throws -> Void = { try ModelFile.write($0, to: $1) }
    ) throws -> ArtifactRecord {
        try ArtifactExport(graph: graph, check: check, write: write).file("\(folder.path)/\(file)", of: .bandwidth)
    }

    private func refusal(
        _ file: String, writing write: @escaping (ModelGraph, String) throws -> Void
    ) throws -> ExportRefused {
        let refused = try #require(throws: ExportRefused.self) { try export(file, writing: write) }
        #expect(!folder.exists(file), "a refused file is not left behind")
        return refused
    }

    @Test("an undamaged file is accepted", arguments: files)
    func intact(file: String) throws {
        let record = try export(file)
        #expect(record.agrees && folder.exists(file))
    }

    @Test("one flipped bit of one weight is refused, however little it changes the outputs", arguments: files)
    func flippedBit(file: String) throws {
        // The last bit of one weight's significand: 6e-8 of its value, far below what executing the file could show.
        let weight = SampleModels.lstm().kernel.values[7]
        let pattern = withUnsafeBytes(of: weight.bitPattern.littleEndian) { Data($0) }
        let refused = try refusal(file) { graph, path in
            try ModelFile.write(graph, to: path)
            var bytes = try Data(contentsOf: URL(fileURLWithPath: path))
            let place = try #require(bytes.range(of: pattern))
            bytes[place.lowerBound] ^= 1
            try repairCheckSums(&bytes, of: path)
            try bytes.write(to: URL(fileURLWithPath: path))
        }
        #expect(refused.finding.contains("bit for bit"))
    }

    @Test("swapped gates are refused", arguments: files)
    func swappedGates(file: String) throws {
        _ = try refusal(file) { graph, path in
            try ModelFile.write(exchanging(graph) { $0.swapping(0, 1, of: 4) }, to: path)
        }
    }

    @Test("swapped features are refused", arguments: files)
    func swappedFeatures(file: String) throws {
        _ = try refusal(file) { graph, path in
            try ModelFile.write(exchanging(graph) { lstm in
                var lstm = lstm
                let width = lstm.kernel.shape[1]
                for column in 0 ..< width { lstm.kernel.values.swapAt(column, width + column) }
                return lstm
            }, to: path)
        }
    }

    /// An exporter that swaps gates swaps them in every file, so a file that is bit for bit what it writes proves nothing: the
    /// outputs must show it.
    @Test("an exporter that swaps gates itself is caught by executing its file", arguments: files)
    func wrongExporter(file: String) throws {
        let swapped = exchanging(graph) { $0.swapping(1, 2, of: 4) }
        let export = ArtifactExport(graph: swapped, check: check)
        let refused = try #require(throws: ExportRefused.self) { try export.file("\(folder.path)/\(file)", of: .bandwidth) }
        #expect(refused.finding.contains("executed from disk") && !folder.exists(file))
    }

    private func exchanging(_ graph: ModelGraph, _ change: (LSTMParameters) -> LSTMParameters) -> ModelGraph {
        SampleModels.bandwidth(change(SampleModels.lstm()))
    }

    /// A `.keras` archive notices any flipped bit by its zip check sum; a weight that was wrong before it was zipped passes that
    /// check, so the archive is zipped again around the changed weights.
    private func repairCheckSums(_ bytes: inout Data, of path: String) throws {
        guard path.hasSuffix(".keras") else { return }
        for name in ["metadata.json", "config.json", "model.weights.h5"] {
            try ZipCheckSum.repair(&bytes, member: name)
        }
    }
}

extension LSTMParameters {
    /// The same with two gates exchanged in kernel, recurrent kernel and bias.
    fileprivate func swapping(_ first: Int, _ second: Int, of gates: Int) -> LSTMParameters {
        func swapped(_ tensor: Tensor) -> Tensor {
            var tensor = tensor
            let width = tensor.shape[tensor.shape.count - 1], units = width / gates
            for row in stride(from: 0, to: tensor.values.count, by: width) {
                for unit in 0 ..< units {
                    tensor.values.swapAt(row + first * units + unit, row + second * units + unit)
                }
            }
            return tensor
        }
        var copy = self
        (copy.kernel, copy.recurrentKernel, copy.bias) = (swapped(kernel), swapped(recurrentKernel), swapped(bias))
        return copy
    }
}

/// Makes the check sums of a zip member right again after its stored bytes changed (APPNOTE 4.3.7 and 4.3.12).
private enum ZipCheckSum {
    static func repair(_ bytes: inout Data, member: String) throws {
        let name = Data(member.utf8)
        let local = try #require(header(bytes, signature: [0x50, 0x4B, 3, 4], nameAt: 30, name))
        let central = try #require(header(bytes, signature: [0x50, 0x4B, 1, 2], nameAt: 46, name))
        let extra = Int(bytes[local + 28]) | Int(bytes[local + 29]) << 8
        let size = (0 ..< 4).reduce(0) { $0 | Int(bytes[central + 24 + $1]) << (8 * $1) }
        let start = local + 30 + name.count + extra
        let sum = crc32(bytes[start ..< start + size])
        for byte in 0 ..< 4 {
            let value = UInt8(truncatingIfNeeded: sum >> (8 * UInt32(byte)))
            bytes[local + 14 + byte] = value
            bytes[central + 16 + byte] = value
        }
    }

    private static func header(_ bytes: Data, signature: [UInt8], nameAt: Int, _ name: Data) -> Int? {
        var from = bytes.startIndex
        while let found = bytes.range(of: Data(signature), in: from ..< bytes.endIndex) {
            let start = found.lowerBound
            if bytes.dropFirst(start + nameAt).prefix(name.count) == name { return start }
            from = found.upperBound
        }
        return nil
    }

    private static func crc32(_ bytes: Data) -> UInt32 {
        var sum: UInt32 = 0xFFFF_FFFF
        for byte in bytes {
            sum ^= UInt32(byte)
            for _ in 0 ..< 8 { sum = sum & 1 == 1 ? (sum >> 1) ^ 0xEDB8_8320 : sum >> 1 }
        }
        return ~sum
    }
}
