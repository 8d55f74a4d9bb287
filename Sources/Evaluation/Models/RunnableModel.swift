import Inference
import ModelArtifacts
public import ModelGraph

/// A model read from a file of any format, ready to run by the judge's own forward pass.
public struct RunnableModel: Sendable {
    public let path: String
    public let metadata: [String: String]
    public let inputNames: [String]
    private let executor: any ModelExecutor

    /// - Parameter weights: the weights of a `.json` architecture.
    /// - Throws: what reading the format throws, and `InferenceError` when the model does not fit together.
    public init(_ path: String, weights: String? = nil) throws {
        let content = try ModelFile.read(path, weights: weights)
        self.path = path
        metadata = content.metadata
        switch content {
        case .layers(let graph):
            executor = try GraphExecutor(graph)
            inputNames = graph.inputs.map(\.name)
        case .operators(let graph):
            executor = try OperatorExecutor(graph)
            inputNames = graph.inputs.map(\.name)
        }
    }

    /// All outputs by name, `[batch] + shape` each.
    /// - Throws: `InferenceError` when an input is missing, unknown or of another shape.
    public func run(_ inputs: [String: Tensor]) throws -> [String: Tensor] { try executor.run(inputs) }
}

/// Runs a model that was read from a file.
private protocol ModelExecutor: Sendable {
    func run(_ inputs: [String: Tensor]) throws -> [String: Tensor]
}

extension GraphExecutor: ModelExecutor {}
extension OperatorExecutor: ModelExecutor {}
