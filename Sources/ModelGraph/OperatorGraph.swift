/// A model as a graph of ONNX operators: what an ONNX file says, free of the file format.
///
/// `ModelGraph` describes layers, this describes the operators that they become. Names of values are unique; a node reads
/// graph inputs, initialisers and results of earlier nodes.
public struct OperatorGraph: Sendable, Equatable {
    /// The model's name.
    public var name: String
    /// The program that wrote the file.
    public var producer: String
    public var inputs: [Value]
    public var outputs: [Value]
    /// In topological order.
    public var nodes: [Node]
    public var initialisers: [Initialiser]
    /// Operator set versions by domain; the empty domain is ai.onnx itself.
    public var operatorSets: [String: Int]
    /// The version of the file format.
    public var formatVersion: Int
    public var metadata: [String: String]

    public init(
        name: String, producer: String = "", inputs: [Value], outputs: [Value], nodes: [Node], initialisers: [Initialiser],
        operatorSets: [String: Int], formatVersion: Int, metadata: [String: String] = [:]
    ) {
        self.name = name
        self.producer = producer
        self.inputs = inputs
        self.outputs = outputs
        self.nodes = nodes
        self.initialisers = initialisers
        self.operatorSets = operatorSets
        self.formatVersion = formatVersion
        self.metadata = metadata
    }

    /// What a tensor holds; raw values are ONNX' data types.
    public enum ElementType: Int, Sendable, Equatable {
        case float = 1
        case int64 = 7
        case bool = 9
        case double = 11
    }

    /// One axis of a declared shape.
    public enum Dimension: Sendable, Equatable {
        case fixed(Int)
        /// Any size; equal names mean equal sizes. The batch axis is `batch`.
        case symbolic(String)
    }

    /// A declared input or output.
    public struct Value: Sendable, Equatable {
        public var name: String
        public var elementType: ElementType
        public var shape: [Dimension]

        public init(name: String, elementType: ElementType, shape: [Dimension]) {
            self.name = name
            self.elementType = elementType
            self.shape = shape
        }
    }

    /// One operator applied to named values.
    public struct Node: Sendable, Equatable {
        public var name: String
        /// For example `MatMul`.
        public var operatorType: String
        /// Empty for ai.onnx, or `ai.onnx.ml`.
        public var domain: String
        /// An empty name leaves an optional input out.
        public var inputs: [String]
        /// An empty name leaves an optional output out.
        public var outputs: [String]
        public var attributes: [String: Attribute]

        public init(
            name: String, operatorType: String, domain: String = "", inputs: [String], outputs: [String],
            attributes: [String: Attribute] = [:]
        ) {
            self.name = name
            self.operatorType = operatorType
            self.domain = domain
            self.inputs = inputs
            self.outputs = outputs
            self.attributes = attributes
        }
    }

    /// A node's setting.
    public enum Attribute: Sendable, Equatable {
        case int(Int64)
        case float(Float)
        case string(String)
        case ints([Int64])
        case floats([Float])
        case strings([String])
        case constant(Constant)
    }

    /// A named constant.
    public struct Initialiser: Sendable, Equatable {
        public var name: String
        public var constant: Constant

        public init(name: String, constant: Constant) {
            self.name = name
            self.constant = constant
        }
    }

    /// Row-major values; the count equals the product of the shape.
    public enum Constant: Sendable, Equatable {
        case float(Tensor)
        case int64(shape: [Int], values: [Int64])
        case double(shape: [Int], values: [Double])

        /// Numbers that it holds.
        public var count: Int {
            switch self {
            case .float(let tensor): tensor.values.count
            case .int64(_, let values): values.count
            case .double(_, let values): values.count
            }
        }
    }
}
