import Evaluation
import Failures
import Foundation
import ModelArtifacts
import ModelGraph

/// Arrays by the names of a model's inputs or outputs, from or to a `.npy` or `.npz` file.
enum NamedArrays {
    /// The model's inputs in a file: a `.npz` archive by name, or one array, under whatever name, for a model with one input.
    /// - Throws: `ArtifactError` when the file cannot be read, `ArrayFileError` when it does not serve the model.
    static func inputs(of model: RunnableModel, from path: String) throws -> [String: Tensor] {
        let arrays = isArchive(path) ? try NumPyArchive.read(path) : ["": try NumPyArray.read(path)]
        if let array = arrays.values.first, arrays.count == 1, let name = model.inputNames.first, model.inputNames.count == 1 {
            return [name: array]
        }
        guard isArchive(path) else {
            let names = model.inputNames.joined(separator: ", ")
            throw ArrayFileError(
                .invalidData, "\(path) holds one array, but \(model.path) has the inputs \(names); "
                    + "write them with numpy.savez(file, name=array) and give that .npz file")
        }
        return arrays
    }

    /// Writes a model's outputs: every one by name into a `.npz` archive, or the only one into a `.npy` file.
    static func write(_ outputs: [String: Tensor], to path: String) throws {
        if isArchive(path) { return try NumPyArchive.write(outputs, to: path) }
        guard let output = outputs.values.first, outputs.count == 1 else {
            throw ArrayFileError(
                .usage, "the model has the outputs \(outputs.keys.sorted().joined(separator: ", ")), but \(path) holds one array; "
                    + "give an --output that ends in .npz")
        }
        try NumPyArray.write(output, to: path)
    }

    private static func isArchive(_ path: String) -> Bool { path.hasSuffix(".npz") }
}

/// A file of arrays that does not serve the model it was given for.
struct ArrayFileError: ExplainedError, Equatable {
    let category: FailureCategory
    let description: String

    init(_ category: FailureCategory, _ description: String) {
        self.category = category
        self.description = description
    }
}
