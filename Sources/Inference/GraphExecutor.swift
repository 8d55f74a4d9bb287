//  Inference owns the judge's own forward pass: it runs a ModelGraph or an OperatorGraph plainly, so that a trainer's
//  mistake cannot hide in both. It must never import Learners, Trainers or a file format.

public import ModelGraph

/// Runs a model layer by layer, in float32, on one thread.
///
/// The result of a row depends on that row alone, to the bit: evaluating a part of a batch, or one row, gives the same
/// numbers as evaluating the whole. Weights are prepared once, in `init`.
public struct GraphExecutor: Sendable {
    private let inputs: [ModelGraph.Input]
    private let steps: [Step]
    private let outputs: [Output]

    private struct Step: Sendable {
        let layer: any LayerComputation
        /// Positions among the results; inputs come first, then one result for each step.
        let sources: [Int]
    }

    private struct Output: Sendable {
        let name: String
        let position: Int
        let shape: [Int]
    }

    /// Rows that go through the whole model before the next ones start: few enough that a recurrent layer's steps stay
    /// in cache.
    private static let rowsPerBlock = 64

    /// - Throws: `InferenceError` when the graph does not fit together; it names the node and both shapes.
    public init(_ graph: ModelGraph) throws {
        let shapes: [String: [Int]]
        do {
            shapes = try graph.inferredShapes()
        } catch {
            throw InferenceError.invalidModel(graph.name, error.description)
        }
        inputs = graph.inputs
        let names = graph.inputs.map(\.name) + graph.nodes.map(\.name)
        let positions = Dictionary(uniqueKeysWithValues: zip(names, names.indices))
        // The graph was checked: every name below has a position and a shape.
        steps = graph.nodes.map { node in
            Step(
                layer: node.operation.computation(sourceShapes: node.sources.map { shapes[$0, default: []] }),
                sources: node.sources.map { positions[$0, default: 0] })
        }
        outputs = graph.outputs.map { output in
            Output(
                name: output.name, position: positions[output.source, default: 0],
                shape: shapes[output.source, default: []])
        }
    }

    /// Computes all outputs, `[batch] + shape` each, for inputs of `[batch] + shape`.
    /// - Throws: `InferenceError` when an input is missing, unknown or of another shape, or the batch sizes differ.
    public func run(_ inputs: [String: Tensor]) throws -> [String: Tensor] {
        let (sources, rows) = try checked(inputs)
        var results = outputs.map { output in
            var values: [Float] = []
            values.reserveCapacity(rows * output.shape.reduce(1, *))
            return values
        }
        for start in stride(from: 0, to: rows, by: Self.rowsPerBlock) {
            let block = start ..< min(start + Self.rowsPerBlock, rows)
            let computed = run(sources.map { $0.slice(block, of: rows) }, rows: block.count)
            for (index, output) in outputs.enumerated() { results[index] += computed[output.position] }
        }
        return Dictionary(
            uniqueKeysWithValues: zip(outputs, results).map { output, values in
                (output.name, Tensor(shape: [rows] + output.shape, values: values))
            })
    }

    private func run(_ sources: [[Float]], rows: Int) -> [[Float]] {
        var results = sources
        results.reserveCapacity(sources.count + steps.count)
        for step in steps {
            results.append(step.layer.run(step.sources.map { results[$0] }, rows: rows))
        }
        return results
    }

    private func checked(_ given: [String: Tensor]) throws(InferenceError) -> (tensors: [Tensor], rows: Int) {
        var tensors: [Tensor] = []
        for input in inputs {
            guard let tensor = given[input.name] else {
                throw .missingInput(input.name, given: given.keys.sorted())
            }
            guard tensor.shape.count == input.shape.count + 1, Array(tensor.shape.dropFirst()) == input.shape else {
                throw .wrongShape(input.name, given: tensor.shape, expected: "[batch] + \(input.shape)")
            }
            if let first = tensors.first, tensor.shape[0] != first.shape[0] {
                throw .wrongShape(
                    input.name, given: tensor.shape, expected: "a batch of \(first.shape[0]) as in `\(inputs[0].name)`")
            }
            tensors.append(tensor)
        }
        if let unknown = given.keys.sorted().first(where: { name in !inputs.contains { $0.name == name } }) {
            throw .unknownInput(unknown, expected: inputs.map(\.name))
        }
        return (tensors, tensors.first?.shape[0] ?? 0)
    }
}

extension Tensor {
    /// The values of some of the rows along the first axis.
    fileprivate func slice(_ block: Range<Int>, of rows: Int) -> [Float] {
        if block.count == rows { return values }
        let size = values.count / rows
        return Array(values[block.lowerBound * size ..< block.upperBound * size])
    }
}
