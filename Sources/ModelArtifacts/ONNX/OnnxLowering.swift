import ModelGraph

/// Rewrites a graph of layers as a graph of ONNX operators. Values are named after the layer and operator that compute them,
/// `lstm_1/Transpose`; constants after the layer and their role, `lstm_1/kernel`.
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
    /// The node being lowered.
    private(set) var nodeName = ""

    static func lower(_ model: ModelGraph) throws(OnnxError) -> OperatorGraph {
        let shapes: [String: [Int]]
        do {
            shapes = try model.inferredShapes()
        } catch {
            throw .unwritable(model.name, error)
        }
        var lowering = OnnxLowering(model: model, shapes: shapes)
        for node in model.nodes { try lowering.lower(node) }
        for output in model.outputs { lowering.publish(output) }
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
        let operatorsBefore = graph.nodes.count
        let result = try lower(node.operation, sources: node.sources.map { values[$0, default: $0] })
        values[node.name] = result
        // The layer's last operator computes a graph output under the output's own name, which saves an Identity.
        if graph.nodes.count > operatorsBefore, let output = model.outputs.first(where: { $0.source == node.name }) {
            let last = graph.nodes.count - 1
            graph.nodes[last].outputs = graph.nodes[last].outputs.map { $0 == result ? output.name : $0 }
            values[node.name] = output.name
        }
    }

    private mutating func publish(_ output: ModelGraph.Output) {
        nodeName = output.name
        let value = values[output.source, default: output.source]
        if value != output.name { emit("Identity", [value], into: output.name) }
        graph.outputs.append(
            OperatorGraph.Value(
                name: output.name, elementType: .float,
                shape: [Self.batch] + shapes[output.source, default: []].map { .fixed($0) }))
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
        into name: String? = nil, skippedOutputs: Int = 0
    ) -> String {
        let result = name ?? uniqueName("\(nodeName)/\(type)")
        if !domain.isEmpty { graph.operatorSets[domain] = 3 }
        graph.nodes.append(
            OperatorGraph.Node(
                name: result, operatorType: type, domain: domain, inputs: inputs,
                outputs: Array(repeating: "", count: skippedOutputs) + [result], attributes: attributes))
        return result
    }

    /// Adds a constant of the current node and returns its name.
    mutating func constant(_ role: String, _ tensor: Tensor) -> String { add(role, .float(tensor)) }

    mutating func constant(_ role: String, _ values: [Int]) -> String {
        add(role, .int64(shape: [values.count], values: values.map(Int64.init)))
    }

    mutating func constant(_ role: String, scalar: Float) -> String {
        add(role, .float(Tensor(shape: [], values: [scalar])))
    }

    mutating func constant(_ role: String, double: Double) -> String { add(role, .double(shape: [], values: [double])) }

    private mutating func add(_ role: String, _ constant: OperatorGraph.Constant) -> String {
        let name = "\(nodeName)/\(role)"
        graph.initialisers.append(OperatorGraph.Initialiser(name: name, constant: constant))
        return name
    }

    /// `base`, numbered when the current node already has an operator of that kind.
    private func uniqueName(_ base: String) -> String {
        // Only the current node's operators can carry the name, and they are the last ones.
        let used = graph.nodes.reversed().prefix { $0.name.hasPrefix("\(nodeName)/") }
        guard used.contains(where: { $0.name == base }) else { return base }
        var number = 1
        while used.contains(where: { $0.name == "\(base)_\(number)" }) { number += 1 }
        return "\(base)_\(number)"
    }

    func unwritable(_ reason: String) -> OnnxError { .unwritable(model.name, "`\(nodeName)`: \(reason)") }
}
