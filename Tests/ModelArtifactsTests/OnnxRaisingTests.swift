import Inference
import ModelArtifacts
import ModelGraph
import TestSupport
import Testing

@Suite struct OnnxRaisingTests {
    @Test("what every layer is written as is read back as layers that are written the same", arguments: LayerCase.all)
    func everyLayer(_ layer: LayerCase) throws {
        let operators = try OnnxFile.decode(OnnxFile.encode(layer.graph), path: "model.onnx")
        let raised = try OnnxFile.model(of: operators)
        #expect(try OnnxFile.operators(of: raised) == operators)
        // float32 against float32 with the same weights; a batch normalisation's scale is rounded once in both.
        let (ours, theirs) = (try GraphExecutor(raised).run(layer.inputs), try GraphExecutor(layer.graph).run(layer.inputs))
        #expect(ours == theirs)
    }

    private static let exact: [LayerOperation] = ([
        LayerCase.dense(4, 5, .gelu), LayerCase.dense(4, 5, bias: false), LayerCase.layerNormalization(gamma: false),
        LayerCase.dense(4, 5, .sparsemax), { _ in .flatten }, { _ in .reshape([2, 6]) }, { _ in .activation(.squareplus) },
        LayerCase.lstm(4, 3, sequences: true, .hardSigmoidKeras2, gates: .hardSigmoid, backwards: true),
        LayerCase.lstm(4, 3, .relu6, gates: .sparseSigmoid), LayerCase.gru(4, 3, .tanh, resetAfter: false),
        LayerCase.gru(4, 3, sequences: true, .softsign, gates: .linear),
        LayerCase.gru(4, 3, .hardTanh, gates: .mish, resetAfter: false, backwards: true),
        LayerCase.bidirectional(LayerCase.lstm(4, 3, .silu), LayerCase.gru(4, 3, backwards: true), .ave),
        LayerCase.bidirectional(
            LayerCase.gru(4, 2, sequences: true, gates: .hardShrink),
            LayerCase.gru(4, 2, sequences: true, gates: .softShrink, backwards: true)),
        { _ in .rescaling(scale: Tensor(scalar: 2), offset: Tensor([1, 2, 3, 4])) },
        { _ in .normalization(mean: Tensor([1, 2, 3, 4]), variance: Tensor([4, 1, 0.25, 9])) },
    ] as [(Double) -> LayerOperation]).map { $0(10) }

    @Test("layers with weights come back with all their settings", arguments: exact)
    func settings(_ layer: LayerOperation) throws {
        let graph = LayerCase.stack("settings", [3, 4], [{ _ in layer }]).graph
        #expect(try OnnxFile.model(of: OnnxFile.operators(of: graph)) == graph)
    }

    @Test("every pair of activations inside a recurrent layer comes back, celu as elu, which is the same function")
    func functionsInside() throws {
        for function in Activation.allCases where function.isElementwise && function != .celu {
            for layer in [LayerCase.lstm(2, 2, function, gates: .relu6), LayerCase.gru(2, 2, .silu, gates: function)] {
                let graph = LayerCase.stack("pair", [3, 2], [layer]).graph
                #expect(try OnnxFile.model(of: OnnxFile.operators(of: graph)) == graph, "\(function)")
            }
        }
    }

    @Test("inputs and outputs that share a layer, and layers that emit nothing, come back as they are computed")
    func sharedOutputs() throws {
        let half = LayerOperation.rescaling(scale: Tensor(scalar: 0.5), offset: Tensor(scalar: 0))
        let graph = ModelGraph(
            name: "shared", inputs: [.init(name: "a", shape: [2]), .init(name: "b", shape: [2])],
            nodes: [
                .init(name: "first", operation: half, sources: ["a"]),
                .init(name: "dropped", operation: .dropout(rate: 0.5), sources: ["first"]),
                .init(name: "sum", operation: .add, sources: ["b", "dropped", "b"]),
            ],
            outputs: [
                .init(name: "third", source: "dropped"), .init(name: "fourth", source: "first"),
                .init(name: "copy", source: "b"), .init(name: "total", source: "sum"),
            ], metadata: ["seed": "7"])
        let operators = try OnnxFile.operators(of: graph)
        let raised = try OnnxFile.model(of: operators)
        #expect(try OnnxFile.operators(of: raised) == operators)
        #expect(raised.nodes.map(\.name) == ["first", "sum"])
        #expect(raised.nodes[1].sources == ["b", "first", "b"])
        #expect(raised.outputs.map(\.source) == ["first", "first", "b", "sum"])
        #expect(raised.metadata == graph.metadata)
    }

    @Test("a changed operator, a foreign one or a left-over constant is named", arguments: [
        ("foreign", "the operator `softmax` (Softmax) names no layer"), ("attribute", "`layer_1` (MatMul, Add, Elu)"),
        ("constant", "the constant `other` belongs to no layer"), ("extra", "`layer_0` (MatMul, Add, Relu, Relu)"),
        ("producer", "its header"), ("order", "the operators of `layer_0` do not stand together"),
    ])
    func refused(_ change: String, _ message: String) throws {
        let layers = [LayerCase.dense(4, 3, .relu), LayerCase.dense(3, 2, .elu)]
        var operators = try OnnxFile.operators(of: LayerCase.stack("changed", [4], layers).graph)
        switch change {
        case "foreign":
            operators.nodes.append(.init(name: "softmax", operatorType: "Softmax", inputs: ["output"], outputs: ["x"]))
        case "attribute": operators.nodes[5].attributes["alpha"] = .float(0.5)
        case "constant": operators.initialisers.append(.init(name: "other", constant: .float(Tensor([1]))))
        case "extra":
            operators.nodes.insert(
                .init(name: "layer_0/Relu_1", operatorType: "Relu", inputs: ["layer_0/Relu"], outputs: ["layer_0/Relu_1"]),
                at: 3)
        case "producer": operators.producer = "another"
        default: operators.nodes.append(operators.nodes[0])
        }
        let error = #expect(throws: OnnxError.self) { try OnnxFile.model(of: operators) }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
    }
}
