/// Why a model graph cannot be run or written: which node, what it was given, what it needs.
public struct ModelGraphProblem: Error, Sendable, Equatable, CustomStringConvertible {
    /// The node, input or output at fault.
    public let place: String
    public let description: String

    public init(_ place: String, _ explanation: String) {
        self.place = place
        description = "`\(place)`: \(explanation)"
    }
}

extension ModelGraph {
    /// Checks the whole graph — unique names, sources that come earlier, tensors that fit, trees that end — and returns
    /// the shape of every input and node by name, without the batch axis.
    ///
    /// Graphs come from files too, so nothing about them is taken for granted here; after this check it may be.
    /// - Throws: `ModelGraphProblem`, which names the node and both shapes.
    public func inferredShapes() throws(ModelGraphProblem) -> [String: [Int]] {
        var shapes: [String: [Int]] = [:]
        func define(_ name: String, _ shape: [Int]) throws(ModelGraphProblem) {
            guard shapes.updateValue(shape, forKey: name) == nil else {
                throw ModelGraphProblem(name, "two inputs or nodes have this name; names must be unique")
            }
        }
        for input in inputs {
            guard !input.shape.isEmpty, Self.elementCount(input.shape) != nil else {
                throw ModelGraphProblem(input.name, "an input of shape \(input.shape); expected sizes of at least 1")
            }
            try define(input.name, input.shape)
        }
        for node in nodes {
            var sources: [[Int]] = []
            for source in node.sources {
                guard let shape = shapes[source] else {
                    throw ModelGraphProblem(node.name, "reads `\(source)`, which is no input and no earlier node")
                }
                sources.append(shape)
            }
            let shape: [Int]
            do {
                shape = try node.operation.resultShape(of: sources)
            } catch {
                throw ModelGraphProblem(node.name, error.explanation)
            }
            guard Self.elementCount(shape) != nil else {
                throw ModelGraphProblem(node.name, "has the result shape \(shape), which no memory holds")
            }
            try define(node.name, shape)
        }
        try checkOutputs(shapes)
        return shapes
    }

    private func checkOutputs(_ shapes: [String: [Int]]) throws(ModelGraphProblem) {
        guard !outputs.isEmpty else { throw ModelGraphProblem(name, "the graph has no output") }
        var names: Set<String> = []
        for output in outputs {
            guard shapes[output.source] != nil else {
                throw ModelGraphProblem(output.name, "is computed by `\(output.source)`, which is no input and no node")
            }
            guard names.insert(output.name).inserted else {
                throw ModelGraphProblem(output.name, "two outputs have this name; names must be unique")
            }
        }
    }

    /// The product of a shape, or `nil` where a size is below 1 or one row alone would take more than 2³¹ values.
    private static func elementCount(_ shape: [Int]) -> Int? {
        var count = 1
        for size in shape {
            guard size >= 1 else { return nil }
            let (product, overflow) = count.multipliedReportingOverflow(by: size)
            guard !overflow, product <= 1 << 31 else { return nil }
            count = product
        }
        return count
    }
}
