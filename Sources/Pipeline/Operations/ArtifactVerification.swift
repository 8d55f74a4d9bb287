import Evaluation
import Files
import Foundation
import ModelArtifacts
import ModelGraph

/// Whether a file on disk computes what the trainer computed.
enum ArtifactVerification {
    /// Largest |a − b| / max(1, |b|) between the file's outputs and the given ones; infinite when they differ in number or are
    /// not numbers.
    static func largestDifference(_ model: WrittenModel, inputs: Tensor, outputs: Tensor) throws -> Double {
        largestDifference(try model.run(inputs.values, count: inputs.shape[0]), outputs.values)
    }

    static func largestDifference(_ values: [Float], _ expected: [Float]) -> Double {
        guard values.count == expected.count else { return .infinity }
        return zip(values, expected).reduce(0) { largest, pair in
            let difference = ArtifactRecord.difference(pair.0, pair.1)
            return difference.isNaN ? .infinity : max(largest, difference)
        }
    }
}

extension ArtifactRecord {
    /// Size and fingerprint of a file that was just written.
    init(path: String) throws {
        let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
        self.init(
            file: URL(fileURLWithPath: path).lastPathComponent, bytes: size ?? 0, sha256: try SHA256.hexDigest(ofFile: path))
    }
}

/// What a client in Go, C++ or Python relies on in every ONNX file: float32 tensors `input` and `output` with a dynamic batch
/// axis, and complete metadata.
enum ClientContract {
    private static let metadata = [
        MetadataKey.model, MetadataKey.featureNames, MetadataKey.featureUnits, MetadataKey.featurePlan,
        MetadataKey.windowLength, MetadataKey.outputMeaning, MetadataKey.outputUnit, MetadataKey.schemaSHA256,
        MetadataKey.seed, MetadataKey.targetsReached,
    ]

    static func violations(path: String) throws -> [String] {
        let graph = try OnnxFile.read(path)
        var violations: [String] = []
        for (name, values) in [("input", graph.inputs), ("output", graph.outputs)] {
            guard let value = values.first(where: { $0.name == name }) else {
                violations.append("no tensor named \(name)")
                continue
            }
            if value.elementType != .float { violations.append("\(name) is not float32") }
            if case .fixed? = value.shape.first { violations.append("the batch axis of \(name) is fixed") }
            if name == "input", !(2 ... 3).contains(value.shape.count) { violations.append("\(name) has \(value.shape.count) axes") }
        }
        violations += metadata.filter { graph.metadata[$0] == nil }.map { "metadata lacks \($0)" }
        return violations
    }
}
