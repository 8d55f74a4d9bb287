import ModelGraph

/// Finds the layers that a graph of operators was lowered from.
///
/// Operators and constants carry their layer's name, which groups them. For each group the layers that it may have come from
/// are lowered again, and one is accepted only if the very same operators come out; so is the whole graph in the end.
/// Nothing here has to be trusted for that: a wrong guess is never accepted.
struct OnnxRaising {
    /// The operators of one layer, in order, and its constants by role.
    struct Group {
        let name: String
        var nodes: [OperatorGraph.Node] = []
        var initialisers: [OperatorGraph.Initialiser] = []
        var constants: [String: OperatorGraph.Constant] = [:]
    }

    private let graph: OperatorGraph
    /// Layers and inputs by the value that holds their result, and those values' shapes without the batch axis.
    private var layers: [String: String] = [:]
    private var shapes: [String: [Int]] = [:]
    private var nodes: [ModelGraph.Node] = []

    static func raise(_ graph: OperatorGraph) throws(OnnxError) -> ModelGraph {
        var raising = OnnxRaising(graph: graph)
        let inputs = try raising.inputs()
        for group in try raising.groups() { try raising.raise(group) }
        let model = ModelGraph(
            name: graph.name, inputs: inputs, nodes: raising.nodes, outputs: try raising.outputs(), metadata: graph.metadata)
        try raising.compare(with: OnnxLowering.lower(model))
        return model
    }

    private init(graph: OperatorGraph) { self.graph = graph }

    private mutating func inputs() throws(OnnxError) -> [ModelGraph.Input] {
        var inputs: [ModelGraph.Input] = []
        for input in graph.inputs {
            var sizes: [Int] = []
            for case .fixed(let size) in input.shape.dropFirst() { sizes.append(size) }
            guard sizes.count + 1 == input.shape.count else {
                throw refused("the input `\(input.name)` has an axis of unknown size")
            }
            layers[input.name] = input.name
            shapes[input.name] = sizes
            inputs.append(ModelGraph.Input(name: input.name, shape: sizes))
        }
        return inputs
    }

    /// The layers' operators. Copies for outputs and the forest's flag belong to no layer.
    private func groups() throws(OnnxError) -> [Group] {
        let hasFlag = graph.outputs.contains { $0.name == "is_anomaly" && $0.elementType == .int64 }
        var groups: [Group] = []
        var names: Set<String> = []
        for node in graph.nodes where node.operatorType != "Identity" {
            if hasFlag, node.name == "is_anomaly" || node.name.hasPrefix("is_anomaly/") { continue }
            guard let slash = node.name.lastIndex(of: "/") else {
                throw refused("the operator `\(node.name)` (\(node.operatorType)) names no layer")
            }
            let name = String(node.name[..<slash])
            if groups.last?.name != name {
                guard names.insert(name).inserted else { throw refused("the operators of `\(name)` do not stand together") }
                groups.append(Group(name: name))
            }
            groups[groups.count - 1].nodes.append(node)
        }
        let positions = Dictionary(uniqueKeysWithValues: zip(groups.map(\.name), groups.indices))
        for initialiser in graph.initialisers {
            guard let slash = initialiser.name.lastIndex(of: "/"), let group = positions[String(initialiser.name[..<slash])]
            else { continue }
            let role = String(initialiser.name[initialiser.name.index(after: slash)...])
            groups[group].initialisers.append(initialiser)
            groups[group].constants[role] = initialiser.constant
        }
        return groups
    }

    private mutating func raise(_ group: Group) throws(OnnxError) {
        let sources = try sources(of: group)
        guard let result = group.nodes.last?.outputs.first(where: { !$0.isEmpty }) else {
            throw refused("`\(group.name)` has no result")
        }
        let sourceShapes = sources.map { shapes[$0, default: []] }
        for operation in OnnxLayerGuess(group, sourceShapes: sourceShapes).operations {
            guard let shape = Self.shape(of: operation, group, sources, sourceShapes, result: result) else { continue }
            guard layers.updateValue(group.name, forKey: result) == nil else {
                throw refused("two layers compute `\(result)`")
            }
            shapes[result] = shape
            nodes.append(
                ModelGraph.Node(
                    name: group.name, operation: operation, sources: sources.map { layers[$0, default: $0] }))
            return
        }
        let types = group.nodes.prefix(8).map(\.operatorType).joined(separator: ", ")
        throw refused(
            "`\(group.name)` (\(types)\(group.nodes.count > 8 ? ", …" : "")) with the constants "
                + "\(group.constants.keys.sorted()) is no layer that this program writes")
    }

    /// The values that come from outside: all of them for a combination of sources, each once for any other layer.
    private func sources(of group: Group) throws(OnnxError) -> [String] {
        let own = Set(group.nodes.flatMap(\.outputs) + group.initialisers.map(\.name))
        var sources = group.nodes.flatMap(\.inputs).filter { !own.contains($0) }
        if let unknown = sources.first(where: { layers[$0] == nil }) {
            throw refused("`\(group.name)` reads `\(unknown)`, which no earlier layer computes")
        }
        if !group.isCombination {
            var seen: Set<String> = []
            sources = sources.filter { seen.insert($0).inserted }
        }
        guard !sources.isEmpty else { throw refused("`\(group.name)` reads no other layer") }
        return sources
    }

    /// The result's shape if the operation, lowered on its own, gives exactly the group.
    private static func shape(
        of operation: LayerOperation, _ group: Group, _ sources: [String], _ shapes: [[Int]], result: String
    ) -> [Int]? {
        var inputs: [ModelGraph.Input] = []
        for (name, shape) in zip(sources, shapes) where !inputs.contains(where: { $0.name == name }) {
            inputs.append(ModelGraph.Input(name: name, shape: shape))
        }
        let model = ModelGraph(
            name: group.name, inputs: inputs,
            nodes: [ModelGraph.Node(name: group.name, operation: operation, sources: sources)],
            outputs: [ModelGraph.Output(name: result, source: group.name)])
        guard let shape = try? model.inferredShapes()[group.name], let lowered = try? OnnxLowering.lower(model),
            lowered.nodes == group.nodes, lowered.initialisers == group.initialisers
        else { return nil }
        return shape
    }

    private func outputs() throws(OnnxError) -> [ModelGraph.Output] {
        let copies = graph.nodes.filter { $0.operatorType == "Identity" && $0.inputs.count == 1 && $0.outputs.count == 1 }
        var sources = layers
        for copy in copies { sources[copy.outputs[0]] = layers[copy.inputs[0]] }
        var outputs: [ModelGraph.Output] = []
        for output in graph.outputs where output.elementType == .float {
            guard let source = sources[output.name] else { throw refused("no layer computes the output `\(output.name)`") }
            outputs.append(ModelGraph.Output(name: output.name, source: source))
        }
        return outputs
    }

    /// The first part of the graph that is not what the layers found are written as.
    private func compare(with lowered: OperatorGraph) throws(OnnxError) {
        guard lowered != graph else { return }
        let known = Set(lowered.initialisers.map(\.name))
        if let other = zip(graph.nodes, lowered.nodes).first(where: { $0 != $1 })?.0
            ?? graph.nodes.dropFirst(lowered.nodes.count).first {
            throw refused("the operator `\(other.name)` (\(other.operatorType)) is not as this program writes it")
        }
        if let other = graph.initialisers.first(where: { !known.contains($0.name) }) {
            throw refused("the constant `\(other.name)` belongs to no layer")
        }
        throw refused("its header, inputs, outputs or the order of its constants are not as this program writes them")
    }

    private func refused(_ reason: String) -> OnnxError { .notLayers(graph.name, reason) }
}

extension OnnxRaising.Group {
    var types: [String] { nodes.map(\.operatorType) }

    /// Whether the group may be one that adds, multiplies, subtracts or joins its sources.
    var isCombination: Bool {
        constants.isEmpty && Set(types).count == 1 && ["Add", "Mul", "Sub", "Concat"].contains(types[0])
    }

    /// A float constant, with as many axes if given.
    func tensor(_ role: String, rank: Int? = nil) -> Tensor? {
        guard case .float(let tensor)? = constants[role], rank == nil || tensor.shape.count == rank else { return nil }
        return tensor
    }

    func ints(_ role: String) -> [Int]? {
        guard case .int64(_, let values)? = constants[role] else { return nil }
        return values.map { Int($0) }
    }
}
