import COnnx
import Foundation
import ModelGraph

/// Hands an operator graph to libonnx and takes the checked bytes back. Everything unordered is written sorted by name.
struct OnnxEncoder {
    private let graph: OperatorGraph
    private let builder: OpaquePointer

    static func encode(_ graph: OperatorGraph) throws(OnnxError) -> Data {
        if let text = texts(of: graph).first(where: { $0.utf8.contains(0) }) {
            throw .unwritable(graph.name, "the text \(text.debugDescription) contains a NUL character")
        }
        guard let builder = connx_builder_create(graph.name, graph.producer, Int64(graph.formatVersion)) else {
            throw .unwritable(graph.name, "out of memory")
        }
        defer { connx_builder_destroy(builder) }
        let encoder = OnnxEncoder(graph: graph, builder: builder)
        encoder.addHeader()
        encoder.addValues()
        graph.initialisers.forEach(encoder.add(initialiser:))
        graph.nodes.forEach(encoder.add(node:))
        var bytes: UnsafePointer<UInt8>?
        var count = 0
        guard connx_builder_finish(builder, &bytes, &count) == CONNX_OK, let bytes else {
            throw .refused(graph.name, String(cString: connx_builder_message(builder)))
        }
        return Data(bytes: bytes, count: count)
    }

    /// C strings end at a NUL, so no text may hold one.
    private static func texts(of graph: OperatorGraph) -> [String] {
        [graph.name, graph.producer] + (graph.inputs + graph.outputs).map(\.name) + graph.initialisers.map(\.name)
            + graph.nodes.flatMap { [$0.name, $0.operatorType] + $0.inputs + $0.outputs }
            + graph.metadata.sorted { $0.key < $1.key }.flatMap { [$0.key, $0.value] }
    }

    private func addHeader() {
        for (domain, version) in graph.operatorSets.sorted(by: { $0.key < $1.key }) {
            connx_builder_import_opset(builder, domain, Int64(version))
        }
        for (key, value) in graph.metadata.sorted(by: { $0.key < $1.key }) {
            connx_builder_add_metadata(builder, key, value)
        }
    }

    private func addValues() {
        for input in graph.inputs {
            connx_builder_add_input(builder, input.name, input.elementType.foreign)
            add(shape: input.shape)
        }
        for output in graph.outputs {
            connx_builder_add_output(builder, output.name, output.elementType.foreign)
            add(shape: output.shape)
        }
    }

    private func add(shape: [OperatorGraph.Dimension]) {
        for dimension in shape {
            switch dimension {
            case .fixed(let size): connx_builder_add_dimension(builder, Int64(size))
            case .symbolic(let name): connx_builder_add_symbolic_dimension(builder, name)
            }
        }
    }

    private func add(initialiser: OperatorGraph.Initialiser) {
        initialiser.constant.withForeignTensor { type, dimensions, data in
            connx_builder_add_initialiser(builder, initialiser.name, type, dimensions, dimensions.count, data)
        }
    }

    private func add(node: OperatorGraph.Node) {
        connx_builder_add_node(builder, node.operatorType, node.domain, node.name)
        for input in node.inputs { connx_builder_add_node_input(builder, input) }
        for output in node.outputs { connx_builder_add_node_output(builder, output) }
        for (name, attribute) in node.attributes.sorted(by: { $0.key < $1.key }) { add(attribute, name) }
    }

    private func add(_ attribute: OperatorGraph.Attribute, _ name: String) {
        switch attribute {
        case .int(let value): connx_builder_add_integer(builder, name, value)
        case .float(let value): connx_builder_add_real(builder, name, value)
        case .string(let value): connx_builder_add_string(builder, name, value)
        case .ints(let values): connx_builder_add_integers(builder, name, values, values.count)
        case .floats(let values): connx_builder_add_reals(builder, name, values, values.count)
        case .strings(let values):
            connx_builder_add_strings(builder, name)
            for value in values { connx_builder_add_element(builder, value) }
        case .constant(let constant):
            constant.withForeignTensor { type, dimensions, data in
                connx_builder_add_tensor(builder, name, type, dimensions, dimensions.count, data)
            }
        }
    }
}

extension OperatorGraph.ElementType {
    fileprivate var foreign: connx_element_type { connx_element_type(rawValue: UInt32(rawValue)) }
}

extension OperatorGraph.Constant {
    /// Calls `body` with the type, dimensions and a pointer to the values, as the C header takes them.
    fileprivate func withForeignTensor(_ body: (connx_element_type, [Int64], UnsafeRawPointer?) -> Void) {
        switch self {
        case .float(let tensor):
            tensor.values.withUnsafeBytes { body(CONNX_FLOAT, tensor.shape.map(Int64.init), $0.baseAddress) }
        case .int64(let shape, let values):
            values.withUnsafeBytes { body(CONNX_INT64, shape.map(Int64.init), $0.baseAddress) }
        case .double(let shape, let values):
            values.withUnsafeBytes { body(CONNX_DOUBLE, shape.map(Int64.init), $0.baseAddress) }
        }
    }
}
