import COnnx
import Foundation
import ModelGraph

/// Turns the bytes of an ONNX file into an operator graph. Files are as untrusted here as any other input.
struct OnnxDecoder {
    private let model: OpaquePointer
    private let path: String

    static func decode(_ data: Data, path: String) throws(OnnxError) -> OperatorGraph {
        let model = data.withUnsafeBytes { bytes in
            connx_model_read(bytes.assumingMemoryBound(to: UInt8.self).baseAddress, bytes.count, OnnxFile.memoryLimit)
        }
        guard let model else { throw .unreadable(path, "out of memory") }
        defer { connx_model_destroy(model) }
        let status = connx_model_status(model)
        guard status == CONNX_OK else {
            let message = String(decoding: Data(String(cString: connx_model_message(model)).utf8), as: UTF8.self)
            throw status == CONNX_TOO_LARGE ? .tooLarge(path, message) : .unreadable(path, message)
        }
        return try OnnxDecoder(model: model, path: path).graph()
    }

    private func graph() throws(OnnxError) -> OperatorGraph {
        let initialisers = try (0 ..< connx_model_initialiser_count(model)).map { index throws(OnnxError) in
            try initialiser(connx_model_initialiser(model, index))
        }
        // Old files list their initialisers among the inputs too; those need no value from the caller.
        let initialised = Set(initialisers.map(\.name))
        guard initialised.count == initialisers.count else { throw .unreadable(path, "two initialisers have the same name") }
        let inputs = try (0 ..< connx_model_input_count(model)).map { index throws(OnnxError) in
            try value(connx_model_input(model, index))
        }
        return OperatorGraph(
            name: try string(connx_model_graph_name(model)), producer: try string(connx_model_producer(model)),
            inputs: inputs.filter { !initialised.contains($0.name) },
            outputs: try (0 ..< connx_model_output_count(model)).map { index throws(OnnxError) in
                try value(connx_model_output(model, index))
            },
            nodes: try (0 ..< connx_model_node_count(model)).map { index throws(OnnxError) in
                try node(connx_model_node(model, index))
            },
            initialisers: initialisers, operatorSets: try operatorSets(),
            formatVersion: Int(connx_model_ir_version(model)), metadata: try metadata())
    }

    /// Operator semantics changed with the sets, so only the sets that this program knows are read.
    private func operatorSets() throws(OnnxError) -> [String: Int] {
        var sets: [String: Int] = [:]
        for index in 0 ..< connx_model_opset_count(model) {
            let domain = try string(connx_model_opset_domain(model, index))
            let version = Int(connx_model_opset_version(model, index))
            let known =
                switch domain {
                case "", "ai.onnx": 13 ... 17
                case "ai.onnx.ml": 1 ... 3
                default:
                    throw OnnxError.unreadable(
                        path, "it uses the operator set `\(domain)`; ai.onnx and ai.onnx.ml are known")
                }
            guard known.contains(version) else {
                throw .unreadable(
                    path, "it uses version \(version) of the operator set `\(domain.isEmpty ? "ai.onnx" : domain)`; "
                        + "versions \(known.lowerBound) to \(known.upperBound) are known")
            }
            guard sets.updateValue(version, forKey: domain) == nil else {
                throw .unreadable(path, "it imports the operator set `\(domain)` twice")
            }
        }
        return sets
    }

    private func metadata() throws(OnnxError) -> [String: String] {
        var entries: [String: String] = [:]
        for index in 0 ..< connx_model_metadata_count(model) {
            let key = try string(connx_model_metadata_key(model, index))
            guard entries.updateValue(try string(connx_model_metadata_value(model, index)), forKey: key) == nil else {
                throw .unreadable(path, "its metadata has the key `\(key)` twice")
            }
        }
        return entries
    }

    private func value(_ handle: OpaquePointer?) throws(OnnxError) -> OperatorGraph.Value {
        let name = try string(connx_value_name(handle))
        guard let type = OperatorGraph.ElementType(rawValue: Int(connx_value_type(handle))) else {
            let type = connx_value_type(handle)
            throw .unreadable(path, "`\(name)` has the data type \(type); expected float, double, int64 or bool")
        }
        let rank = connx_value_rank(handle)
        guard rank >= 0 else { throw .unreadable(path, "`\(name)` declares no shape") }
        let shape = try (0 ..< Int(rank)).map { axis throws(OnnxError) -> OperatorGraph.Dimension in
            let size = connx_value_dimension(handle, axis)
            return size >= 0 ? .fixed(Int(size)) : .symbolic(try string(connx_value_symbol(handle, axis)))
        }
        return OperatorGraph.Value(name: name, elementType: type, shape: shape)
    }

    private func node(_ handle: OpaquePointer?) throws(OnnxError) -> OperatorGraph.Node {
        var node = OperatorGraph.Node(
            name: try string(connx_node_name(handle)), operatorType: try string(connx_node_op_type(handle)),
            domain: try string(connx_node_domain(handle)), inputs: [], outputs: [])
        for index in 0 ..< connx_node_input_count(handle) {
            node.inputs.append(try string(connx_node_input(handle, index)))
        }
        for index in 0 ..< connx_node_output_count(handle) {
            node.outputs.append(try string(connx_node_output(handle, index)))
        }
        for index in 0 ..< connx_node_attribute_count(handle) {
            let attribute = connx_node_attribute(handle, index)
            let name = try string(connx_attribute_name(attribute))
            let content = try content(of: attribute, "attribute `\(name)` of node `\(node.name)`")
            guard node.attributes.updateValue(content, forKey: name) == nil else {
                throw .unreadable(path, "node `\(node.name)` has the attribute `\(name)` twice")
            }
        }
        return node
    }

    private func content(of handle: OpaquePointer?, _ role: String) throws(OnnxError) -> OperatorGraph.Attribute {
        var count = 0
        switch connx_attribute_get_kind(handle) {
        case CONNX_ATTRIBUTE_INTEGER: return .int(connx_attribute_integer(handle))
        case CONNX_ATTRIBUTE_REAL: return .float(connx_attribute_real(handle))
        case CONNX_ATTRIBUTE_STRING: return .string(try string(connx_attribute_string(handle)))
        case CONNX_ATTRIBUTE_INTEGERS:
            let values = connx_attribute_integers(handle, &count)
            return .ints(Array(UnsafeBufferPointer(start: values, count: count)))
        case CONNX_ATTRIBUTE_REALS:
            let values = connx_attribute_reals(handle, &count)
            return .floats(Array(UnsafeBufferPointer(start: values, count: count)))
        case CONNX_ATTRIBUTE_STRINGS:
            return .strings(
                try (0 ..< connx_attribute_string_count(handle)).map { index throws(OnnxError) in
                    try string(connx_attribute_element(handle, index))
                })
        case CONNX_ATTRIBUTE_TENSOR: return .constant(try constant(connx_attribute_tensor(handle), role))
        default: throw .unreadable(path, "\(role) is of a kind that this program does not read")
        }
    }

    private func initialiser(_ handle: OpaquePointer?) throws(OnnxError) -> OperatorGraph.Initialiser {
        let name = try string(connx_tensor_name(handle))
        return OperatorGraph.Initialiser(name: name, constant: try constant(handle, "initialiser `\(name)`"))
    }

    private func constant(_ handle: OpaquePointer?, _ role: String) throws(OnnxError) -> OperatorGraph.Constant {
        var rank = 0
        let dimensions = connx_tensor_dimensions(handle, &rank)
        let shape = UnsafeBufferPointer(start: dimensions, count: rank).map { Int($0) }
        let type = connx_tensor_type(handle)
        let count = Int(connx_tensor_count(handle))
        let fits = count >= 0
        // The counted values lie in the file, so these arrays are bounded by its size.
        switch OperatorGraph.ElementType(rawValue: Int(type)) {
        case .float where fits: return .float(Tensor(shape: shape, values: copy(handle, count)))
        case .int64 where fits: return .int64(shape: shape, values: copy(handle, count))
        case .double where fits: return .double(shape: shape, values: copy(handle, count))
        case .float, .int64, .double:
            throw .unreadable(path, "\(role) of shape \(shape) does not hold as many values as its shape says")
        case .bool, nil: throw .unreadable(path, "\(role) has the data type \(type); expected float, double or int64")
        }
    }

    /// `count` comes from `connx_tensor_count` and `Element` is the tensor's type, so the copy fills the array exactly.
    private func copy<Element: BitwiseCopyable & AdditiveArithmetic>(_ handle: OpaquePointer?, _ count: Int) -> [Element] {
        var values = [Element](repeating: .zero, count: count)
        values.withUnsafeMutableBytes { connx_tensor_copy(handle, $0.baseAddress) }
        return values
    }

    private func string(_ text: connx_text) throws(OnnxError) -> String {
        let bytes = UnsafeRawBufferPointer(start: text.bytes, count: text.count)
        guard let string = String(validating: bytes, as: UTF8.self) else {
            throw .unreadable(path, "it contains a name or text that is not UTF-8")
        }
        return string
    }
}
