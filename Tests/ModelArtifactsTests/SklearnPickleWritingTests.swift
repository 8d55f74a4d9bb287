import Foundation
import Inference
import ModelGraph
import Randomness
import Testing

@testable import ModelArtifacts

@Suite struct SklearnPickleWritingTests {
    @Test("the written forest, read back, gives the same bits on every row, and its metadata")
    func roundTrip() throws {
        let graph = ForestSample.graph(threshold: "0.53125")
        let bytes = try SklearnPickle.encode(graph)
        let again = try SklearnPickle.decode(bytes, path: "forest.pkl")
        #expect(again.metadata == graph.metadata)
        #expect(again.name == graph.name)
        let rows = ForestSample.rows(600)
        #expect(try GraphExecutor(again).run(["input": rows]) == GraphExecutor(graph).run(["input": rows]))
        #expect(try SklearnPickle.encode(graph) == bytes)
    }

    @Test("200 trees of 256 samples stay below 10 MB")
    func size() throws {
        var forest = ForestSample.forest
        forest.trees += forest.trees
        #expect(try SklearnPickle.encode(ForestSample.graph(forest: forest)).count < 10_000_000)
    }

    @Test("a threshold on unscaled values sends every float32 value the way the scaled one does")
    func unscaledThresholds() {
        var random = RandomStream(seed: 3).child("thresholds")
        let special: [Float] = [0, -0.0, .infinity, -.infinity, .greatestFiniteMagnitude, .leastNonzeroMagnitude, -1, 1e-30]
        for index in 0 ..< 4000 {
            let threshold = index % 5 == 0 ? special[random.below(special.count)] : Float(random.normal(0, 3))
            let center = index % 7 == 0 ? 0 : Float(random.normal(0, pow(10, random.uniform(-4, 7))))
            let scale = index % 11 == 0 ? 1 : Float(pow(10, random.uniform(-8, 8)))
            let last = IsolationTree.unscaled(threshold, center: center, scale: scale)
            // The boundary itself, and values anywhere.
            let near = [last, last.nextDown, last.nextUp, center, threshold * scale + center]
            for value in near + special + [Float(random.normal())] where !value.isNaN {
                let isLeft = (value - center) / scale <= threshold
                #expect(isLeft == (value <= last), "(\(value) - \(center)) / \(scale) and \(threshold)")
            }
        }
    }

    @Test("samples in a leaf follow from its path length, and a length that no number explains is refused")
    func samples() throws {
        for samples in Array(1 ... 300) + [5_000, 100_000] {
            for depth in [0, 1, 8, 17] {
                let length = Float(Double(depth) + IsolationTree.averagePathLength(samples: samples))
                let rest = Double(length) - Double(depth)
                #expect(IsolationTree.samples(averagePathLength: rest, tolerance: 1e-5) == samples)
            }
        }
        var forest = ForestSample.forest
        let leaf = try #require(forest.trees[3].feature.firstIndex(of: -1))
        forest.trees[3].pathLength[leaf] += 0.001
        let error = #expect(throws: ArtifactError.self) { try SklearnPickle.encode(ForestSample.graph(forest: forest)) }
        #expect(error?.code == .notExpressible)
        #expect(error?.description.contains("tree 3") == true)
    }

    /// What scikit-learn computes from the file: path lengths added in double, `2 ** −(sum / (trees · c))`, `< offset_`.
    private static func sklearnFlag(_ lengths: [Float], offset: Double) -> Bool {
        let sum = lengths.reduce(0.0) { $0 + Double($1) }
        let score = -pow(2, -(sum / (Double(lengths.count) * ForestSample.forest.averagePathLength)))
        return score - offset < 0
    }

    @Test("the offset flags exactly the rows whose score reaches the threshold, rows at the threshold included")
    func offset() throws {
        let rows = ForestSample.rows(1500)
        let scores = try #require(try GraphExecutor(ForestSample.graph()).run(["input": rows])["output"]).values
        let lengths = (0 ..< scores.count).map { ForestSample.pathLengths(ForestSample.row($0, of: rows)) }
        let alarms = AlarmOffset(trees: ForestSample.forest.trees, averagePathLength: ForestSample.forest.averagePathLength)
        // Scores that occur, their neighbours, and values halfway, which are no float32.
        let sorted = scores.sorted()
        let thresholds = stride(from: 0, to: sorted.count, by: 60).flatMap { index in
            let score = sorted[index]
            return [Double(score), Double(score.nextUp), (Double(score) + Double(score.nextDown)) / 2]
        }
        for threshold in thresholds + [0, 1, 2, -1] {
            let offset = try #require(alarms.offset(threshold: threshold))
            let wrong = scores.indices.filter {
                (Double(scores[$0]) >= threshold) != Self.sklearnFlag(lengths[$0], offset: offset)
            }
            #expect(wrong.isEmpty, "threshold \(threshold)")
        }
    }

    @Test("models that are no single forest, and scales that are not above zero, are refused")
    func refusals() {
        var scaled = ForestSample.forest
        scaled.scale = Tensor([1, 1, 0, 1, 1, 1])
        for (graph, words) in [
            (ForestSample.graph(forest: scaled), "not above zero"),
            (ForestSample.graph(threshold: "high"), "`threshold` holds `high`"),
            (KerasGraphs.chain("policy", input: [3], [KerasGraphs.dense(3, 2, .relu)]), "not one isolation forest"),
        ] {
            let error = #expect(throws: ArtifactError.self) { try SklearnPickle.encode(graph) }
            #expect(error?.code == .notExpressible)
            #expect(error?.description.contains(words) == true)
        }
    }
}
