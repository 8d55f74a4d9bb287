import Foundation
import Learners
import Metrics
import ModelGraph
import Randomness
import Testing
import TestSupport

@Suite struct IsolationForestReferenceTests {
    private struct SmallForest: Decodable {
        var sampleSize: Int
        var rows: [[Float]]
        var scores: [Double]
        var trees: [Tree]

        struct Tree: Decodable {
            var feature, left, right: [Int32]
            var threshold: [Float]
            var samples: [Int]
        }
    }

    private let train, test: Tensor

    init() throws {
        train = try Self.frame("train")
        test = try Self.frame("test")
    }

    private struct Machine: Decodable {
        var meanScores, averagePrecision: [Double]
        var largestMeanDifference, largestKolmogorovSmirnov: Double
    }

    @Test("scikit-learn's trees score as scikit-learn scores them, rows on a split included")
    func sameTrees() throws {
        let reference = try JSONDecoder().decode(SmallForest.self, from: Fixture.data("Forest/sklearn_forest.json"))
        let features = reference.rows[0].count
        let trees = reference.trees.map { tree in
            var depth = [Int](repeating: 0, count: tree.feature.count)
            for node in tree.feature.indices where tree.left[node] >= 0 {
                depth[Int(tree.left[node])] = depth[node] + 1
                depth[Int(tree.right[node])] = depth[node] + 1
            }
            return IsolationForestParameters.Tree(
                feature: tree.feature, threshold: tree.threshold, left: tree.left, right: tree.right,
                pathLength: tree.feature.indices.map { node in
                    tree.left[node] >= 0
                        ? 0 : Float(Double(depth[node]) + IsolationForest.averagePathLength(samples: tree.samples[node]))
                })
        }
        let scorer = try IsolationForestScorer(IsolationForestParameters(
            center: Tensor(repeating: 0, shape: [features]), scale: Tensor(repeating: 1, shape: [features]), trees: trees,
            averagePathLength: IsolationForest.averagePathLength(samples: reference.sampleSize)))
        let scores = try scorer.score(Tensor(shape: [reference.rows.count, features], values: reference.rows.flatMap { $0 }))
        #expect(scores.count == reference.scores.count)
        for (row, score) in scores.enumerated() {
            // Path lengths and scores are rounded to float32 once each.
            #expect(abs(Double(score) - reference.scores[row]) < 2e-7, "row \(row)")
        }
    }

    @Test("own trees give scikit-learn's scores on real server telemetry, within its own scatter over seeds")
    func sameScores() throws {
        let reference = try machine()
        var means = [Double](repeating: 0, count: test.shape[0])
        for seed in 0 ..< 10 {
            for (row, score) in try scores(seed: UInt64(seed)).enumerated() { means[row] += Double(score) / 10 }
        }
        let difference = zip(means, reference.meanScores).reduce(0) { $0 + abs($1.0 - $1.1) } / Double(means.count)
        // The reference is the largest of 500 comparisons of ten seeds with ten others.
        #expect(difference < reference.largestMeanDifference)
        #expect(kolmogorovSmirnov(means, reference.meanScores) < reference.largestKolmogorovSmirnov)
    }

    @Test("own trees find the labelled incidents of a real server as well as scikit-learn's")
    func samePrecision() throws {
        let reference = try machine().averagePrecision
        let labels = try Fixture.data("Forest/smd-machine-1-6/test_label.u8").map { $0 == 1 }
        let own = try (0 ..< 10).map { seed in
            let ranked = try RankedScores(scores: scores(seed: UInt64(100 + seed)).map(Double.init), labels: labels)
            return try #require(ranked?.averagePrecision())
        }
        let (ownScale, referenceScale) = try (#require(GroupScale(own)), #require(GroupScale(reference)))
        // Four standard errors of the difference of two means of 10 and 20 seeds.
        let error = referenceScale.deviation * (1.0 / 10 + 1.0 / 20).squareRoot()
        #expect(abs(ownScale.center - referenceScale.center) < 4 * error)
        // And far above chance, which is the share of labelled rows.
        #expect(ownScale.center > 2 * Double(labels.count { $0 }) / Double(labels.count))
    }

    private func scores(seed: UInt64) throws -> [Float] {
        // Any scale gives the same distribution of trees; these are no whole numbers, so that the scaling takes part.
        let center = Tensor(repeating: 0.3, shape: [38]), scale = Tensor(repeating: 0.7, shape: [38])
        let forest = try IsolationForest(trees: 200, sampleSize: 256).fit(
            train, center: center, scale: scale, stream: RandomStream(seed: seed))
        return try IsolationForestScorer(forest).score(test)
    }

    private func machine() throws -> Machine {
        try JSONDecoder().decode(Machine.self, from: Fixture.data("Forest/smd_reference.json"))
    }

    /// Rows of 38 little-endian float32 values.
    private static func frame(_ part: String) throws -> Tensor {
        let data = try Fixture.data("Forest/smd-machine-1-6/\(part).f32")
        let values = data.withUnsafeBytes { bytes in
            stride(from: 0, to: bytes.count, by: 4).map { offset in
                Float(bitPattern: UInt32(littleEndian: bytes.loadUnaligned(fromByteOffset: offset, as: UInt32.self)))
            }
        }
        return Tensor(shape: [values.count / 38, 38], values: values)
    }

    /// The largest distance between two empirical distribution functions.
    private func kolmogorovSmirnov(_ one: [Double], _ other: [Double]) -> Double {
        let (one, other) = (one.sorted(), other.sorted())
        func share(_ sample: [Double], _ value: Double) -> Double {
            Double(sample.count { $0 <= value }) / Double(sample.count)
        }
        return (one + other).map { abs(share(one, $0) - share(other, $0)) }.max() ?? 0
    }
}
