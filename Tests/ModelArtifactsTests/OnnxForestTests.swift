import Foundation
import Inference
import ModelArtifacts
import ModelGraph
import Randomness
import Testing

@Suite struct OnnxForestTests {
    private static let features = 6

    /// A full random tree of the given depth, nodes depth first.
    private static func tree(_ random: inout RandomStream, depth: Int) -> IsolationForestParameters.Tree {
        var tree = IsolationForestParameters.Tree(feature: [], threshold: [], left: [], right: [], pathLength: [])
        func grow(_ level: Int) -> Int32 {
            let index = tree.feature.count
            let isLeaf = level == depth || random.chance(0.1)
            tree.feature.append(isLeaf ? -1 : Int32(random.below(features)))
            tree.threshold.append(isLeaf ? 0 : Float(random.uniform(-1, 1)))
            tree.left.append(-1)
            tree.right.append(-1)
            tree.pathLength.append(isLeaf ? Float(Double(level) + random.uniform(0, 3)) : 0)
            if !isLeaf {
                tree.left[index] = grow(level + 1)
                tree.right[index] = grow(level + 1)
            }
            return Int32(index)
        }
        _ = grow(0)
        return tree
    }

    private static let forest: IsolationForestParameters = {
        var random = RandomStream(seed: 1).child("forest")
        return IsolationForestParameters(
            center: Tensor([0.1, -0.3, 12.5, 0, 1e-3, 7]), scale: Tensor([1, 0.7, 3.3, 1, 0.011, 1]),
            trees: (0 ..< 100).map { _ in tree(&random, depth: 8) }, averagePathLength: 10.244770920116851)
    }()

    private static func graph(threshold: String? = nil) -> ModelGraph {
        ModelGraph(
            name: "reliability_model", inputs: [ModelGraph.Input(name: "input", shape: [features])],
            nodes: [ModelGraph.Node(name: "forest", operation: .isolationForest(forest), sources: ["input"])],
            outputs: [ModelGraph.Output(name: "output", source: "forest")],
            metadata: threshold.map { ["threshold": $0] } ?? [:])
    }

    /// Random rows; every other one is moved so that one scaled value equals a threshold of the forest, to the bit.
    private static let rows: Tensor = {
        var random = RandomStream(seed: 1).child("rows")
        var values: [Float] = []
        for row in 0 ..< 300 {
            var vector = (0 ..< features).map {
                forest.center.values[$0] + forest.scale.values[$0] * Float(random.uniform(-1, 1))
            }
            let tree = forest.trees[row % forest.trees.count]
            // Center 0 and scale 1 make feature 3 its own scaled value.
            if row % 2 == 0, let node = tree.feature.firstIndex(of: 3) { vector[3] = tree.threshold[node] }
            values += vector
        }
        return Tensor(shape: [300, features], values: values)
    }()

    /// The definition, written once more: float32 scaling and comparisons, everything else in double.
    private static func scores(_ rows: Tensor) -> [Double] {
        (0 ..< rows.shape[0]).map { row in
            let scaled = (0 ..< features).map {
                (rows.values[row * features + $0] - forest.center.values[$0]) / forest.scale.values[$0]
            }
            let lengths = forest.trees.map { tree -> Double in
                var node = 0
                while tree.feature[node] != -1 {
                    let isLeft = scaled[Int(tree.feature[node])] <= tree.threshold[node]
                    node = Int(isLeft ? tree.left[node] : tree.right[node])
                }
                return Double(tree.pathLength[node])
            }
            return pow(2, -lengths.reduce(0, +) / Double(lengths.count) / forest.averagePathLength)
        }
    }

    private static func largestRelativeError(_ scores: Tensor?) -> Double {
        guard let scores, scores.shape == [rows.shape[0], 1] else { return .infinity }
        return zip(scores.values, Self.scores(rows)).map { abs(Double($0) / $1 - 1) }.max() ?? .infinity
    }

    @Test("the forest's score is 2^(−mean path length / c), also for rows that lie on a threshold")
    func graphScores() throws {
        let output = try GraphExecutor(Self.graph()).run(["input": Self.rows])["output"]
        // Score and mean are rounded to float32 by at most 6e-8 each; the mean counts times its exponent, at most 0.8. On
        // the wrong side of a threshold a row moves by 1e-3.
        #expect(Self.largestRelativeError(output) <= 1.1e-7)
    }

    @Test("the written forest gives the same bits as the graph, also for rows that lie on a threshold")
    func operatorScores() throws {
        let file = try OnnxFile.decode(OnnxFile.encode(Self.graph()), path: "forest.onnx")
        let output = try OperatorExecutor(file).run(["input": Self.rows])["output"]
        #expect(try output == GraphExecutor(Self.graph()).run(["input": Self.rows])["output"])
    }

    @Test("a threshold between two float32 numbers does not flag the lower one")
    func thresholdBetween() throws {
        let scores = try #require(try GraphExecutor(Self.graph()).run(["input": Self.rows])["output"]).values
        for score in scores.prefix(20) {
            let threshold = (Double(score) + Double(score.nextUp)) / 2
            let outputs = try OperatorExecutor(OnnxFile.operators(of: Self.graph(threshold: "\(threshold)")))
                .run(["input": Self.rows])
            #expect(outputs["is_anomaly"]?.values == scores.map { Double($0) >= threshold ? 1 : 0 })
        }
    }

    @Test("a threshold in the metadata becomes a second output, score >= threshold")
    func anomalyFlag() throws {
        let plain = try OperatorExecutor(OnnxFile.operators(of: Self.graph()))
        let scores = try #require(try plain.run(["input": Self.rows])["output"])
        // A score that occurs: the flag must include equality.
        let threshold = scores.values.sorted()[150]
        let file = try OnnxFile.decode(OnnxFile.encode(Self.graph(threshold: "\(threshold)")), path: "forest.onnx")
        #expect(file.outputs.map(\.name) == ["output", "is_anomaly"])
        #expect(file.outputs[1].elementType == .int64)
        let outputs = try OperatorExecutor(file).run(["input": Self.rows])
        #expect(outputs["is_anomaly"]?.values == scores.values.map { $0 >= threshold ? 1 : 0 })
        #expect(outputs["is_anomaly"]?.shape == [300, 1])
    }

    @Test("a threshold that is no number is refused")
    func unreadableThreshold() {
        let error = #expect(throws: OnnxError.self) { try OnnxFile.encode(Self.graph(threshold: "high")) }
        #expect(error?.description.contains("`threshold` holds `high`") == true)
    }

    @Test("a tree whose child comes before its parent is refused, not walked forever")
    func cyclicTree() throws {
        var broken = Self.graph()
        var forest = Self.forest
        let parent = try #require(forest.trees[7].feature.lastIndex { $0 != -1 })
        forest.trees[7].left[parent] = 0
        broken.nodes[0].operation = .isolationForest(forest)
        let error = #expect(throws: OnnxError.self) { try OnnxFile.encode(broken) }
        #expect(error?.description.contains("tree 7, node \(parent), has the child 0") == true)
        #expect(throws: InferenceError.self) { try GraphExecutor(broken) }
    }

    @Test("a forest and its flag come back from the operators")
    func raised() throws {
        let operators = try OnnxFile.operators(of: Self.graph(threshold: "0.6123"))
        let raised = try OnnxFile.model(of: operators)
        #expect(try OnnxFile.operators(of: raised) == operators)
        guard case .isolationForest(let forest)? = raised.nodes.first?.operation else { throw Absent() }
        #expect(forest.trees == Self.forest.trees)
        #expect(forest.center == Self.forest.center && forest.scale == Self.forest.scale)
        // The file holds the normaliser's reciprocal in float32.
        #expect(abs(forest.averagePathLength / Self.forest.averagePathLength - 1) <= 1e-7)
        #expect(raised.outputs.map(\.name) == ["output"])
    }

    private struct Absent: Error {}
}
