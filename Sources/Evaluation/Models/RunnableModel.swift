import Inference
public import ModelArtifacts
public import ModelGraph

/// A model read from a file of any format, ready to run by the judge's own forward pass.
public struct RunnableModel: Sendable {
    public let path: String
    public let metadata: [String: String]
    /// By name; an axis of any size is nil, the batch axis comes first.
    public let inputs: [(name: String, shape: [Int?])]
    private let executor: any ModelExecutor

    /// - Parameter weights: the weights of a `.json` architecture.
    /// - Throws: what reading the format throws, and `InferenceError` when the model does not fit together.
    public init(_ path: String, weights: String? = nil) throws {
        try self.init(ModelFile.read(path, weights: weights), path: path)
    }

    /// - Parameter path: what to call the model in errors.
    public init(_ content: ModelFile.Content, path: String) throws {
        self.path = path
        metadata = content.metadata
        switch content {
        case .layers(let graph):
            executor = try GraphExecutor(graph)
            inputs = graph.inputs.map { ($0.name, [nil] + $0.shape) }
        case .operators(let graph):
            executor = try OperatorExecutor(graph)
            inputs = graph.inputs.map { input in
                (input.name, input.shape.map { if case .fixed(let size) = $0 { size } else { nil } })
            }
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
