import Evaluation
import Files
import ModelGraph

/// `dwcp infer`: runs any supported model file on NumPy arrays.
public enum InferModel {
    /// - Parameters:
    ///   - weights: the weights of a `.json` architecture.
    ///   - input: a `.npy` array, or a `.npz` archive with one array for each of the model's inputs.
    ///   - output: a `.npy` file for a model with one output, or a `.npz` archive.
    public static func run(model path: String, weights: String?, input: String, output: String) throws -> CommandResult {
        let model = try RunnableModel(path, weights: weights)
        try AtomicFile.requireWritable(output)
        let results = try model.run(NamedArrays.inputs(of: model, from: input))
        try NamedArrays.write(results, to: output)
        let shapes = results.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value.shape)" }.joined(separator: ", ")
        return CommandResult(output: "", conclusion: .success("wrote \(shapes) to \(output)"))
    }
}
