import ModelGraph

/// What a layer reads: the names of the values and their shapes without the batch axis.
struct LayerSources {
    let values: [String]
    let shapes: [[Int]]
}

/// Rewrites a graph of layers as a graph of ONNX operators. Values are named after the layer and operator that compute them,
/// `lstm_1/Transpose`; constants after the layer and their role, `lstm_1/kernel`. `OnnxRaising` reads those names.
struct OnnxLowering {
    /// The symbolic name of the leading axis.
    static let batch = OperatorGraph.Dimension.symbolic("batch")
    static let machineLearningDomain = "ai.onnx.ml"

    private let model: ModelGraph
    /// Shapes of inputs and nodes, without the batch axis.
    private let shapes: [String: [Int]]
    private var graph: OperatorGraph
    /// The value that holds the result of an input or node.
    private var values: [String: String] = [:]
    /// The node being lowered, and how many operators of each type it has so far.
    private(set) var nodeName = ""
    private var operatorCounts: [String: Int] = [:]
    private var constantNames: Set<String> = []

    static func lower(_ model: ModelGraph) throws(OnnxError) -> OperatorGraph {
        let shapes: [String: [Int]]
        do {
            shapes = try model.inferredShapes()
        } catch {
            throw .unwritable(model.name, error)
        }
        var lowering = OnnxLowering(model: model, shapes: shapes)
        for node in model.nodes { try lowering.lower(node) }
        lowering.publishOutputs()
        try lowering.publishAnomalyFlag()
        return lowering.graph
    }

    private init(model: ModelGraph, shapes: [String: [Int]]) {
        self.model = model
        self.shapes = shapes
        graph = OperatorGraph(
            name: model.name, producer: "dwcp",
            inputs: model.inputs.map {
                OperatorGraph.Value(name: $0.name, elementType: .float, shape: [Self.batch] + $0.shape.map { .fixed($0) })
            },
            outputs: [], nodes: [], initialisers: [], operatorSets: ["": 17], formatVersion: 8, metadata: model.metadata)
        for input in model.inputs { values[input.name] = input.name }
    }

    private mutating func lower(_ node: ModelGraph.Node) throws(OnnxError) {
        nodeName = node.name
        operatorCounts = [:]
        let layer = LayerSources(
            values: node.sources.map { values[$0, default: $0] }, shapes: node.sources.map { shapes[$0, default: []] })
        values[node.name] = try lower(node.operation, layer)
    }

    /// The operator that computes an output does so under the output's own name. Only the first output of a value can have
    /// that; others, and those that are inputs, are copied.
    private mutating func publishOutputs() {
        let inputNames = Set(model.inputs.map(\.name))
        var outputNames: [String: String] = [:]
        for output in model.outputs {
            let value = values[output.source, default: output.source]
            if !inputNames.contains(value), outputNames[value] == nil { outputNames[value] = output.name }
        }
        for index in graph.nodes.indices {
            graph.nodes[index].inputs = graph.nodes[index].inputs.map { outputNames[$0] ?? $0 }
            graph.nodes[index].outputs = graph.nodes[index].outputs.map { outputNames[$0] ?? $0 }
        }
        for output in model.outputs {
            nodeName = output.name
            let value = values[output.source, default: output.source]
            let renamed = outputNames[value] ?? value
            if renamed != output.name { emit("Identity", [renamed], into: output.name) }
            graph.outputs.append(
                OperatorGraph.Value(
                    name: output.name, elementType: .float,
                    shape: [Self.batch] + shapes[output.source, default: []].map { .fixed($0) }))
        }
    }

    /// Consumers of a forest want the decision too, not only the score: `score >= threshold`.
    private mutating func publishAnomalyFlag() throws(OnnxError) {
        let forests = model.nodes.filter { if case .isolationForest = $0.operation { true } else { false } }
        guard let text = model.metadata["threshold"],
            let score = model.outputs.first(where: { output in forests.contains { $0.name == output.source } })
        else { return }
        guard let threshold = Double(text).map(Self.roundedUp), threshold.isFinite else {
            throw .unwritable(model.name, "the metadata key `threshold` holds `\(text)`; expected a number")
        }
        nodeName = "is_anomaly"
        operatorCounts = [:]
        let reached = emit("GreaterOrEqual", [score.name, constant("threshold", scalar: threshold)])
        let type = OperatorGraph.ElementType.int64
        emit("Cast", [reached], ["to": .int(Int64(type.rawValue))], into: "is_anomaly")
        graph.outputs.append(OperatorGraph.Value(name: "is_anomaly", elementType: type, shape: [Self.batch, .fixed(1)]))
    }

    // MARK: What the layers' lowerings are made of

    /// Appends an operator of the current node and returns the name of its result.
    @discardableResult
    mutating func emit(
        _ type: String, domain: String = "", _ inputs: [String], _ attributes: [String: OperatorGraph.Attribute] = [:],
        into name: String? = nil, skippedOutputs: Int = 0, unusedOutputs: Int = 0
    ) -> String {
        let result = name ?? uniqueName(type)
        if !domain.isEmpty { graph.operatorSets[domain] = 3 }
        graph.nodes.append(
            OperatorGraph.Node(
                name: result, operatorType: type, domain: domain, inputs: inputs,
                outputs: Array(repeating: "", count: skippedOutputs) + [result]
                    + (0 ..< unusedOutputs).map { "\(result)_unused_\($0)" },
                attributes: attributes))
        return result
    }

    /// Adds a constant of the current node and returns its name.
    mutating func constant(_ role: String, _ tensor: @autoclosure () -> Tensor) -> String { add(role, .float(tensor())) }

    mutating func constant(_ role: String, _ values: [Int]) -> String {
        add(role, .int64(shape: [values.count], values: values.map(Int64.init)))
    }

    mutating func constant(_ role: String, scalar: Float) -> String {
        add(role, .float(Tensor(shape: [], values: [scalar])))
    }

    mutating func constant(_ role: String, double: Double) -> String { add(role, .double(shape: [], values: [double])) }

    /// A layer may ask for a constant more than once; it is kept once, so a role must have one value in a layer.
    private mutating func add(_ role: String, _ constant: @autoclosure () -> OperatorGraph.Constant) -> String {
        let name = "\(nodeName)/\(role)"
        if constantNames.insert(name).inserted {
            graph.initialisers.append(OperatorGraph.Initialiser(name: name, constant: constant()))
        }
        return name
    }

    /// Equal parts of a value along an axis; a single part is the value itself.
    mutating func split(_ value: String, axis: Int, into count: Int) -> [String] {
        guard count > 1 else { return [value] }
        let name = uniqueName("Split")
        let parts = (0 ..< count).map { "\(name)_part_\($0)" }
        graph.nodes.append(
            OperatorGraph.Node(
                name: name, operatorType: "Split", inputs: [value], outputs: parts, attributes: ["axis": .int(Int64(axis))]))
        return parts
    }

    /// The layer's name and the operator's type, numbered from the second one on.
    private mutating func uniqueName(_ type: String) -> String {
        let number = operatorCounts[type, default: 0]
        operatorCounts[type] = number + 1
        return number == 0 ? "\(nodeName)/\(type)" : "\(nodeName)/\(type)_\(number)"
    }

    func unwritable(_ reason: String) -> OnnxError { .unwritable(model.name, "`\(nodeName)`: \(reason)") }
}
