public import ModelGraph

/// Runs a graph of ONNX operators by ONNX' semantics, in float32, on one thread: the subset that this program writes.
///
/// As with `GraphExecutor`, a row's result does not depend on the other rows of the batch, to the bit.
public struct OperatorExecutor: Sendable {
    private let inputs: [OperatorGraph.Value]
    private let outputs: [OperatorGraph.Value]
    /// Where the outputs lie among the values.
    private let outputSlots: [Int]
    private let constants: [OperatorValue]
    private let steps: [Step]
    private let slotCount: Int

    private struct Step: Sendable {
        let name: String
        let operatorType: String
        let computation: OperatorComputation
        let inputs: [Int?]
        let outputs: [Int?]
        /// Values that no later step reads; let go to keep large batches in memory.
        var finished: [Int] = []
    }

    /// - Throws: `InferenceError` when a node's operator, attributes or weights cannot be run, or it reads an unknown value.
    public init(_ graph: OperatorGraph) throws {
        var builder = Builder(graph)
        for input in graph.inputs {
            guard input.elementType == .float else {
                throw InferenceError.invalidModel(
                    graph.name, "the input `\(input.name)` is \(input.elementType); only float is supported")
            }
            try builder.define(input.name)
        }
        for initialiser in graph.initialisers { try builder.define(initialiser) }
        for node in graph.nodes { try builder.append(node) }
        inputs = graph.inputs
        outputs = graph.outputs
        outputSlots = try graph.outputs.map { try builder.slot($0.name, readBy: "the graph's outputs") }
        constants = graph.initialisers.map { OperatorValue($0.constant) }
        slotCount = builder.slots.count
        steps = builder.stepsWithLifetimes(keeping: Set(outputSlots))
    }

    /// Computes all outputs; integers and booleans come as their float32 values.
    /// - Throws: `InferenceError` for missing or unknown inputs, and shapes that do not fit, named with the node.
    public func run(_ given: [String: Tensor]) throws -> [String: Tensor] {
        // Slots: inputs, then constants, then the results of the steps.
        var values: [OperatorValue?] = []
        values.reserveCapacity(slotCount)
        for input in inputs { values.append(try checked(input, given)) }
        if let unknown = given.keys.sorted().first(where: { name in !inputs.contains { $0.name == name } }) {
            throw InferenceError.unknownInput(unknown, expected: inputs.map(\.name))
        }
        values += constants.map(Optional.some)
        values += Array(repeating: nil, count: slotCount - values.count)
        for step in steps { try run(step, &values) }
        var results: [String: Tensor] = [:]
        for (output, slot) in zip(outputs, outputSlots) { results[output.name] = try tensor(values[slot], of: output) }
        return results
    }

    private func run(_ step: Step, _ values: inout [OperatorValue?]) throws(InferenceError) {
        let results: [OperatorValue]
        do {
            results = try step.computation(step.inputs.map { slot in slot.flatMap { values[$0] } })
        } catch {
            throw .failed(step.name, step.operatorType, error.explanation)
        }
        for (slot, result) in zip(step.outputs, results) {
            if let slot { values[slot] = result }
        }
        for slot in step.finished { values[slot] = nil }
    }

    private func checked(_ input: OperatorGraph.Value, _ given: [String: Tensor]) throws(InferenceError) -> OperatorValue {
        guard let tensor = given[input.name] else { throw .missingInput(input.name, given: given.keys.sorted()) }
        guard input.accepts(tensor.shape) else {
            throw .wrongShape(input.name, given: tensor.shape, expected: input.shapeDescription)
        }
        return OperatorValue(shape: tensor.shape, .float(tensor.values))
    }

    private func tensor(_ value: OperatorValue?, of output: OperatorGraph.Value) throws(InferenceError) -> Tensor {
        guard let value, value.elementType == output.elementType, output.accepts(value.shape) else {
            let found = value.map { "\($0.elementType) of shape \($0.shape)" } ?? "nothing"
            let declared = "\(output.elementType) of shape \(output.shapeDescription)"
            throw .failed(output.name, "output", "computed \(found); the model declares \(declared)")
        }
        return Tensor(shape: value.shape, values: value.floats)
    }

    /// Resolves names to positions while nodes are added.
    private struct Builder {
        private let graph: OperatorGraph
        private(set) var slots: [String: Int] = [:]
        private var constants: [String: OperatorValue] = [:]
        private var steps: [Step] = []

        init(_ graph: OperatorGraph) { self.graph = graph }

        mutating func define(_ name: String) throws(InferenceError) {
            guard !name.isEmpty, slots.updateValue(slots.count, forKey: name) == nil else {
                throw .invalidModel(graph.name, "the value `\(name)` is defined twice or has no name")
            }
        }

        mutating func define(_ initialiser: OperatorGraph.Initialiser) throws(InferenceError) {
            try define(initialiser.name)
            constants[initialiser.name] = OperatorValue(initialiser.constant)
        }

        func slot(_ name: String, readBy reader: String) throws(InferenceError) -> Int {
            guard let slot = slots[name] else {
                throw .invalidModel(graph.name, "\(reader) read `\(name)`, which nothing before computes")
            }
            return slot
        }

        mutating func append(_ node: OperatorGraph.Node) throws(InferenceError) {
            var inputs: [Int?] = []
            for name in node.inputs { inputs.append(name.isEmpty ? nil : try slot(name, readBy: "`\(node.name)`")) }
            let computation: OperatorComputation
            do {
                computation = try OperatorPreparation(node: node, constants: node.inputs.map { constants[$0] }).computation()
            } catch {
                throw .invalidModel(graph.name, "the node `\(node.name)` (\(node.operatorType)): \(error.explanation)")
            }
            var outputs: [Int?] = []
            for name in node.outputs {
                if !name.isEmpty { try define(name) }
                outputs.append(slots[name])
            }
            steps.append(
                Step(
                    name: node.name, operatorType: node.operatorType, computation: computation, inputs: inputs,
                    outputs: outputs))
        }

        /// The steps, each knowing which values nobody reads after it.
        func stepsWithLifetimes(keeping kept: Set<Int>) -> [Step] {
            var steps = steps
            var needed = kept
            for index in steps.indices.reversed() {
                let touched = (steps[index].inputs + steps[index].outputs).compactMap(\.self)
                steps[index].finished = touched.filter { needed.insert($0).inserted }
            }
            return steps
        }
    }
}

extension OperatorGraph.Value {
    func accepts(_ given: [Int]) -> Bool {
        given.count == shape.count && zip(given, shape).allSatisfy { size, dimension in
            if case .fixed(let expected) = dimension { size == expected } else { true }
        }
    }

    var shapeDescription: String {
        let sizes = shape.map { dimension in
            switch dimension {
            case .fixed(let size): "\(size)"
            case .symbolic(let name): name.isEmpty ? "any" : name
            }
        }
        return "[\(sizes.joined(separator: ", "))]"
    }
}
