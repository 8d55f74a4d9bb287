import Failures
import Inference
import ModelGraph
import Randomness
import Testing

import func Foundation.exp
import func Foundation.tanh

@Suite struct GraphExecutorTests {
    private static func random(_ shape: [Int], _ name: String) -> Tensor {
        var stream = RandomStream(seed: 7).child(name)
        return Tensor(shape: shape, values: (0 ..< shape.reduce(1, *)).map { _ in Float(stream.uniform(-1, 1)) })
    }

    private static func sequential(_ shape: [Int], _ operations: [LayerOperation]) -> ModelGraph {
        var nodes: [ModelGraph.Node] = []
        for (index, operation) in operations.enumerated() {
            nodes.append(
                ModelGraph.Node(name: "layer_\(index)", operation: operation, sources: [nodes.last?.name ?? "input"]))
        }
        return ModelGraph(
            name: "model", inputs: [ModelGraph.Input(name: "input", shape: shape)], nodes: nodes,
            outputs: [ModelGraph.Output(name: "output", source: nodes.last?.name ?? "input")])
    }

    private static func lstm(
        _ features: Int, _ units: Int, sequences: Bool = false, gates: Activation = .sigmoid, backwards: Bool = false
    ) -> LayerOperation {
        .lstm(
            LSTMParameters(
                kernel: random([features, 4 * units], "kernel \(units)"),
                recurrentKernel: random([units, 4 * units], "recurrent \(units)"),
                bias: random([4 * units], "bias \(units)"), recurrentActivation: gates, returnSequences: sequences,
                goBackwards: backwards))
    }

    private static func gru(
        _ features: Int, _ units: Int, bias: [Int]? = nil, gates: Int = 3, resetAfter: Bool = true, sequences: Bool = false,
        backwards: Bool = false
    ) -> LayerOperation {
        .gru(
            GRUParameters(
                kernel: random([features, gates * units], "kernel \(units)"),
                recurrentKernel: random([units, gates * units], "recurrent \(units)"),
                bias: random(bias ?? (resetAfter ? [2, 3 * units] : [3 * units]), "bias \(units)"), resetAfter: resetAfter,
                returnSequences: sequences, goBackwards: backwards))
    }

    private static func dense(_ features: Int, _ units: Int) -> LayerOperation {
        .dense(
            DenseParameters(kernel: random([features, units], "dense"), bias: random([units], "bias"), activation: .softmax))
    }

    /// LSTMs, GRUs, a dense layer and a forest beside each other, so that every kernel takes part.
    private static let model: ModelGraph = {
        var graph = sequential([6, 5], [lstm(5, 9, sequences: true), lstm(9, 7), dense(7, 3)])
        let vectors = LayerNormalizationParameters(gamma: random([14], "gamma"), beta: nil, epsilon: 1e-3)
        graph.nodes += [
            ModelGraph.Node(
                name: "both",
                operation: .bidirectional(
                    forward: gru(9, 7, sequences: true), backward: gru(9, 7, sequences: true, backwards: true),
                    merge: .concat),
                sources: ["layer_0"]),
            ModelGraph.Node(name: "normal", operation: .layerNormalization(vectors), sources: ["both"]),
            ModelGraph.Node(name: "gru", operation: gru(14, 3, resetAfter: false), sources: ["normal"]),
        ]
        graph.outputs.append(ModelGraph.Output(name: "gru", source: "gru"))
        let tree = IsolationForestParameters.Tree(
            feature: [2, -1, -1], threshold: [0.1, 0, 0], left: [1, -1, -1], right: [2, -1, -1], pathLength: [0, 3, 5])
        graph.nodes.append(
            ModelGraph.Node(
                name: "forest",
                operation: .isolationForest(
                    IsolationForestParameters(
                        center: Tensor([0, 0, 0.2]), scale: Tensor([1, 1, 2]), trees: [tree, tree], averagePathLength: 4)),
                sources: ["layer_2"]))
        graph.outputs.append(ModelGraph.Output(name: "score", source: "forest"))
        return graph
    }()

    @Test("two LSTM steps with four different gates match the definition computed by hand")
    func gates() throws {
        let (input, forget, candidate, output) = (0.1, 0.7, -0.4, 1.1)
        let graph = Self.sequential(
            [2, 1],
            [
                .lstm(
                    LSTMParameters(
                        kernel: Tensor(shape: [1, 4], values: [0.3, -0.5, 0.9, 0.2]),
                        recurrentKernel: Tensor(shape: [1, 4], values: [0.6, 0.4, -0.8, -0.1]),
                        bias: Tensor([input, forget, candidate, output].map { Float($0) }), returnSequences: true))
            ])
        func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
        var (h, c) = (0.0, 0.0)
        var expected: [Double] = []
        for x in [2.0, -1.0] {
            let i = sigmoid(0.3 * x + 0.6 * h + input)
            let f = sigmoid(-0.5 * x + 0.4 * h + forget)
            let g = tanh(0.9 * x - 0.8 * h + candidate)
            let o = sigmoid(0.2 * x - 0.1 * h + output)
            c = f * c + i * g
            h = o * tanh(c)
            expected.append(h)
        }
        let rows = Tensor(shape: [1, 2, 1], values: [2, -1])
        let result = try #require(try GraphExecutor(graph).run(["input": rows])["output"])
        #expect(result.shape == [1, 2, 1])
        // float32 arithmetic of a dozen operations.
        for (value, exact) in zip(result.values, expected) { #expect(abs(Double(value) - exact) <= 3e-7) }
    }

    @Test("two GRU steps with three different gates match both definitions computed by hand", arguments: [true, false])
    func gruGates(resetAfter: Bool) throws {
        let graph = Self.sequential(
            [2, 1],
            [
                .gru(
                    GRUParameters(
                        kernel: Tensor(shape: [1, 3], values: [0.3, -0.5, 0.9]),
                        recurrentKernel: Tensor(shape: [1, 3], values: [0.6, 0.4, -0.8]),
                        bias: resetAfter
                            ? Tensor(shape: [2, 3], values: [0.1, 0.7, -0.4, 0.2, -0.3, 0.5]) : Tensor([0.1, 0.7, -0.4]),
                        resetAfter: resetAfter, returnSequences: true, goBackwards: true))
            ])
        func sigmoid(_ x: Double) -> Double { 1 / (1 + exp(-x)) }
        let (c, d, e) = resetAfter ? (0.2, -0.3, 0.5) : (0, 0, 0)
        var h = 0.0
        var expected: [Double] = []
        for x in [-1.0, 2.0] {
            let z = sigmoid(0.3 * x + 0.1 + 0.6 * h + c)
            let r = sigmoid(-0.5 * x + 0.7 + 0.4 * h + d)
            let g = resetAfter ? tanh(0.9 * x - 0.4 + r * (-0.8 * h + e)) : tanh(0.9 * x - 0.4 - 0.8 * (r * h))
            h = z * h + (1 - z) * g
            expected.append(h)
        }
        // The last step comes first, in the input and in the result.
        let rows = Tensor(shape: [1, 2, 1], values: [2, -1])
        let result = try #require(try GraphExecutor(graph).run(["input": rows])["output"])
        for (value, exact) in zip(result.values, expected) { #expect(abs(Double(value) - exact) <= 3e-7) }
    }

    @Test("layer normalisation keeps its digits where the mean is large against the deviation")
    func layerNormalisation() throws {
        let parameters = LayerNormalizationParameters(gamma: nil, beta: nil, epsilon: 0)
        let graph = Self.sequential([4], [.layerNormalization(parameters)])
        let rows = Tensor(shape: [1, 4], values: [10_000, 10_001, 10_002, 10_003])
        let result = try #require(try GraphExecutor(graph).run(["input": rows])["output"]).values
        // Mean 10001.5, biased variance 1.25.
        for (value, centred) in zip(result, [-1.5, -0.5, 0.5, 1.5]) {
            #expect(abs(Double(value) - centred / 1.25.squareRoot()) <= 1e-7)
        }
    }

    @Test("a row gives the same bits alone, in a part and in the whole batch")
    func rowsAreIndependent() throws {
        let executor = try GraphExecutor(Self.model)
        // More rows than one block, and not a multiple of it.
        let rows = 150
        let all = Self.random([rows, 6, 5], "rows")
        let whole = try executor.run(["input": all])
        for part in [0 ..< 1, 77 ..< 78, 149 ..< 150, 3 ..< 70, 63 ..< 129] {
            let values = Array(all.values[part.lowerBound * 30 ..< part.upperBound * 30])
            let slice = Tensor(shape: [part.count, 6, 5], values: values)
            let results = try executor.run(["input": slice])
            for (name, width) in [("output", 3), ("score", 1), ("gru", 3)] {
                let expected = whole[name]?.values[part.lowerBound * width ..< part.upperBound * width]
                #expect(results[name]?.values == expected.map(Array.init))
            }
        }
    }

    @Test("an empty batch gives empty outputs of the right shape")
    func emptyBatch() throws {
        let results = try GraphExecutor(Self.model).run(["input": Tensor(shape: [0, 6, 5], values: [])])
        #expect(results["output"]?.shape == [0, 3])
        #expect(results["score"]?.shape == [0, 1])
    }

    @Test("NaN in one row stays in that row")
    func notANumber() throws {
        var rows = Self.random([3, 6, 5], "rows")
        rows.values[30] = .nan
        let values = try #require(try GraphExecutor(Self.model).run(["input": rows])["output"]).values
        #expect(values.map(\.isNaN) == [false, false, false, true, true, true, false, false, false])
    }

    @Test("a layer that does not fit is named with both shapes", arguments: [
        (dense(5, 3), "`layer_0`: reads the shape [6, 4] with a kernel of shape [5, 3]; expected [4, units]"),
        (lstm(3, 2, sequences: true), "reads the shape [6, 4], but the kernel has the shape [3, 8]; expected [4, 8]"),
        (.repeatVector(count: 3), "`layer_0`: repeats the shape [6, 4] 3 times"),
        (.reshape([5, 5]), "`layer_0`: reshapes [6, 4] to [5, 5]"),
        (.reshape([-1, -1]), "`layer_0`: reshapes [6, 4] to [-1, -1]"),
        (.repeatVector(count: 0), "`layer_0`: repeats"),
        (.normalization(mean: Tensor([1]), variance: Tensor([1])), "the mean has the shape [1]; expected [4]"),
        (.add, "`layer_0`: combines 1 sources"),
        (gru(4, 2, bias: [6]), "the bias has the shape [6]; expected [2, 6]"),
        (gru(4, 2, bias: [2, 6], gates: 4), "has a recurrent kernel of shape [2, 8]; expected [units, 3 · units]"),
        (lstm(4, 2, gates: .sparsemax), "`layer_0`: uses sparsemax inside an LSTM, where only elementwise activations"),
        (
            .bidirectional(forward: lstm(4, 2), backward: lstm(4, 2), merge: .sum),
            "`layer_0`: has two layers of which the first must go forwards and the second backwards"
        ),
        (
            .bidirectional(forward: lstm(4, 2), backward: lstm(4, 3, backwards: true), merge: .mul),
            "`layer_0`: merges the shapes [2] and [3] by `mul`"
        ),
        (
            .bidirectional(forward: lstm(4, 2, sequences: true), backward: gru(4, 2, backwards: true), merge: .concat),
            "`layer_0`: has two layers of which only one returns sequences"
        ),
        (
            .bidirectional(forward: dense(4, 3), backward: lstm(4, 2, backwards: true), merge: .concat),
            "`layer_0`: runs Dense and LSTM in two directions"
        ),
        (.timeDistributed(lstm(4, 2)), "`layer_0`: wraps LSTM in TimeDistributed"),
        (.timeDistributed(dense(5, 3)), "`layer_0`: reads the shape [4] with a kernel of shape [5, 3]"),
        (
            .layerNormalization(LayerNormalizationParameters(gamma: Tensor([1]), beta: nil, epsilon: 1e-3)),
            "gamma has the shape [1]; expected [4]"
        ),
        (.rescaling(scale: Tensor([1, 2]), offset: Tensor(scalar: 0)), "the scale has the shape [2]; expected [4]"),
        (.concatenate(axis: 0), "`layer_0`: combines 1 sources"),
    ])
    func misfits(_ operation: LayerOperation, _ message: String) {
        let error = #expect(throws: InferenceError.self) { try GraphExecutor(Self.sequential([6, 4], [operation])) }
        #expect(error?.description.contains(message) == true, "\(error?.description ?? "")")
        #expect(error?.category == .invalidData)
    }

    @Test("names must be unique and sources must come earlier")
    func structure() {
        var graph = Self.model
        graph.nodes[1].name = "layer_0"
        #expect(throws: InferenceError.self) { try GraphExecutor(graph) }
        graph = Self.model
        graph.nodes[0].sources = ["layer_2"]
        let error = #expect(throws: InferenceError.self) { try GraphExecutor(graph) }
        #expect(error?.description.contains("`layer_0`: reads `layer_2`, which is no input and no earlier node") == true)
        graph = Self.model
        graph.outputs[0].source = "absent"
        #expect(throws: InferenceError.self) { try GraphExecutor(graph) }
    }

    @Test("inputs are checked: missing, unknown, wrong shape")
    func inputs() throws {
        let executor = try GraphExecutor(Self.model)
        func message(_ inputs: [String: Tensor]) -> String {
            do {
                _ = try executor.run(inputs)
                return ""
            } catch {
                return "\(error)"
            }
        }
        let rows = Tensor(repeating: 0, shape: [2, 6, 5])
        #expect(message([:]).contains("needs the input `input`, but was given none"))
        #expect(message(["input": rows, "other": rows]).contains("no input `other`; its inputs are `input`"))
        let short = Tensor(repeating: 0, shape: [2, 5, 5])
        #expect(message(["input": short]).contains("given the shape [2, 5, 5]; expected [batch] + [6, 5]"))
    }
}
