import Inference
import ModelGraph
import Testing

/// What the executor refuses; what it computes is tested against ONNX Runtime beside the ONNX files.
@Suite struct OperatorExecutorTests {
    typealias Node = OperatorGraph.Node

    private static func graph(
        _ nodes: [Node], _ constants: [String: OperatorGraph.Constant] = [:], output: [OperatorGraph.Dimension]? = nil
    ) -> OperatorGraph {
        let batch = OperatorGraph.Dimension.symbolic("batch")
        return OperatorGraph(
            name: "model", inputs: [OperatorGraph.Value(name: "input", elementType: .float, shape: [batch, .fixed(4)])],
            outputs: [OperatorGraph.Value(name: "output", elementType: .float, shape: output ?? [batch, .fixed(4)])],
            nodes: nodes,
            initialisers: constants.sorted { $0.key < $1.key }.map { OperatorGraph.Initialiser(name: $0, constant: $1) },
            operatorSets: ["": 17], formatVersion: 8)
    }

    private static func node(
        _ type: String, _ inputs: [String], domain: String = "", attributes: [String: OperatorGraph.Attribute] = [:]
    ) -> Node {
        Node(name: "n", operatorType: type, domain: domain, inputs: inputs, outputs: ["output"], attributes: attributes)
    }

    private static func list(_ values: [Int64]) -> OperatorGraph.Constant { .int64(shape: [values.count], values: values) }

    /// The message of the error that preparing or running the graph ends with.
    private static func message(_ graph: OperatorGraph) -> String {
        do {
            _ = try OperatorExecutor(graph).run(["input": Tensor(repeating: 1, shape: [2, 4])])
            return "no error"
        } catch {
            return "\(error)"
        }
    }

    @Test("operators, attributes and inputs that are not supported are refused by name", arguments: [
        (node("Hardmax", ["input"]), "`n` (Hardmax): the operator `Hardmax` of the domain `ai.onnx` is not supported"),
        (node("Scaler", ["input"], domain: "ai.onnx.ml"), "the operator `Scaler` of the domain `ai.onnx.ml`"),
        (node("Gemm", ["input", "input"], attributes: ["transB": .int(1)]), "transposed or scaled matrices"),
        (node("LSTM", ["input", "w", "r"], attributes: ["clip": .float(1)]), "its attribute `clip` is not supported"),
        (node("Cast", ["input"], attributes: ["to": .int(10)]), "data type 10 is not supported"),
        (node("Cast", ["input"]), "its attribute `to` is missing"),
        (node("Add", ["input"]), "it has 1 inputs; expected 2 to 2"),
        (node("Relu", ["absent"]), "`n` read `absent`, which nothing before computes"),
    ])
    func refused(_ node: Node, _ message: String) {
        let constants = ["w": Self.list([1]), "r": Self.list([1])]
        #expect(Self.message(Self.graph([node], constants)).contains(message))
    }

    @Test("shapes that do not fit are named with the node", arguments: [
        (node("Add", ["input", "three"]), "`n` (Add): the shapes [2, 4] and [3] do not broadcast"),
        (node("MatMul", ["input", "matrix"]), "cannot multiply [2, 4] by [3, 2]"),
        (node("Reshape", ["input", "size"]), "cannot reshape [2, 4] to [3]"),
        (node("Squeeze", ["input", "zero"]), "cannot remove the axes [0] of [2, 4]"),
        (node("Unsqueeze", ["input", "size"]), "axis 3 does not exist in 3 axes"),
        (node("Relu", ["size"]), "its input 0 is of type int64; expected float"),
        (node("Expand", ["input", "deep"]), "more than 268435456 values"),
        (node("Tile", ["input", "huge"]), "more than 268435456 values"),
    ])
    func misfits(_ node: Node, _ message: String) {
        let constants: [String: OperatorGraph.Constant] = [
            "three": .float(Tensor([1, 2, 3])), "matrix": .float(Tensor(repeating: 1, shape: [3, 2])),
            "size": Self.list([3]), "zero": Self.list([0]), "huge": Self.list([1 << 40, 1 << 40]),
            "deep": Self.list([1 << 40, 1, 1]),
        ]
        let found = Self.message(Self.graph([node], constants))
        #expect(found.contains(message), "\(found)")
    }

    @Test("a result that is not what the model declares is an error")
    func declaredShape() {
        let graph = Self.graph([Self.node("Relu", ["input"])], output: [.symbolic("batch"), .fixed(5)])
        #expect(Self.message(graph).contains("computed float of shape [2, 4]; the model declares float of shape [batch, 5]"))
    }

    @Test("trees with a missing child, a cycle or lists of different lengths are refused")
    func trees() {
        func message(left: [Int64], features: [Int64] = [0, 0, 0]) -> String {
            let attributes: [String: OperatorGraph.Attribute] = [
                "n_targets": .int(1), "nodes_treeids": .ints([0, 0, 0]), "nodes_nodeids": .ints([0, 1, 2]),
                "nodes_modes": .strings(["BRANCH_LEQ", "LEAF", "LEAF"]), "nodes_featureids": .ints(features),
                "nodes_values": .floats([0, 0, 0]), "nodes_truenodeids": .ints(left),
                "nodes_falsenodeids": .ints([2, 0, 0]), "target_treeids": .ints([0, 0]), "target_nodeids": .ints([1, 2]),
                "target_ids": .ints([0, 0]), "target_weights": .floats([1, 2]),
            ]
            let node = Self.node("TreeEnsembleRegressor", ["input"], domain: "ai.onnx.ml", attributes: attributes)
            return Self.message(Self.graph([node], output: [.symbolic("batch"), .fixed(1)]))
        }
        #expect(message(left: [1, 0, 0]) == "no error")
        #expect(message(left: [9, 0, 0]).contains("tree 0, node 0, has the child 9, which does not exist"))
        #expect(message(left: [0, 0, 0]).contains("tree 0 is not a tree"))
        #expect(message(left: [1]).contains("differ in length"))
        #expect(message(left: [1, 0, 0], features: [-3, 0, 0]).contains("splits on feature -3"))
        #expect(message(left: [1, 0, 0], features: [4, 0, 0]).contains("at least 5 features"))
    }

    @Test("a row gives the same bits alone and in the batch")
    func rowsAreIndependent() throws {
        let kernel = Tensor(shape: [4, 4], values: (0 ..< 16).map { Float($0) * 0.37 - 2 })
        let executor = try OperatorExecutor(Self.graph([Self.node("MatMul", ["input", "k"])], ["k": .float(kernel)]))
        let rows = Tensor(shape: [5, 4], values: (0 ..< 20).map { 1 / Float($0 + 3) })
        let whole = try #require(try executor.run(["input": rows])["output"])
        for row in 0 ..< 5 {
            let one = Tensor(shape: [1, 4], values: Array(rows.values[4 * row ..< 4 * row + 4]))
            #expect(try executor.run(["input": one])["output"]?.values == Array(whole.values[4 * row ..< 4 * row + 4]))
        }
    }
}
