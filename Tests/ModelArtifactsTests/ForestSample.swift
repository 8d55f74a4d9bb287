import Foundation
import ModelGraph
import Randomness

@testable import ModelArtifacts

/// A forest as training makes it, with rows that sit on its splits.
enum ForestSample {
    static let features = 6
    static let samples = 256

    /// Scalings of very different sizes, none of them exact.
    static let center: [Float] = [0.1, -0.3, 12.5, 0, 1e-3, 7e6]
    static let scale: [Float] = [1, 0.7, 3.3, 1, 0.011, 3e5]

    static let forest: IsolationForestParameters = {
        let random = RandomStream(seed: 1).child("forest")
        return IsolationForestParameters(
            center: Tensor(center), scale: Tensor(scale),
            trees: (0 ..< 100).map { index in
                var stream = random.child("tree", index)
                return tree(&stream, samples: samples, depthLimit: 8)
            },
            averagePathLength: IsolationTree.averagePathLength(samples: samples))
    }()

    static func graph(threshold: String? = nil, forest: IsolationForestParameters = forest) -> ModelGraph {
        var metadata = ["feature_names": "a,b,c,d,e,f", "feature_units": "ms,,%,,,"]
        metadata["threshold"] = threshold
        return ModelGraph(
            name: "reliability_model", inputs: [ModelGraph.Input(name: "input", shape: [forest.center.values.count])],
            nodes: [ModelGraph.Node(name: "output", operation: .isolationForest(forest), sources: ["input"])],
            outputs: [ModelGraph.Output(name: "output", source: "output")], metadata: metadata)
    }

    /// Splits samples at random, as isolation trees do, nodes depth first.
    static func tree(_ random: inout RandomStream, samples: Int, depthLimit: Int) -> IsolationForestParameters.Tree {
        var tree = IsolationForestParameters.Tree(feature: [], threshold: [], left: [], right: [], pathLength: [])
        func grow(_ samples: Int, _ depth: Int) -> Int32 {
            let index = tree.feature.count
            let isLeaf = samples == 1 || depth == depthLimit
            tree.feature.append(isLeaf ? -1 : Int32(random.below(features)))
            tree.threshold.append(isLeaf ? 0 : Float(random.uniform(-2, 2)))
            tree.left.append(-1)
            tree.right.append(-1)
            let rest = IsolationTree.averagePathLength(samples: samples)
            tree.pathLength.append(isLeaf ? Float(Double(depth) + rest) : 0)
            if !isLeaf {
                let below = 1 + random.below(samples - 1)
                tree.left[index] = grow(below, depth + 1)
                tree.right[index] = grow(samples - below, depth + 1)
            }
            return Int32(index)
        }
        _ = grow(samples, 0)
        return tree
    }

    /// Random rows; in two of three, one value is the last that goes left at some split, or the next float32 above it.
    static func rows(_ count: Int) -> Tensor {
        var random = RandomStream(seed: 2).child("rows"), values: [Float] = []
        values.reserveCapacity(count * features)
        for row in 0 ..< count {
            var vector = (0 ..< features).map { center[$0] + scale[$0] * Float(random.uniform(-2.5, 2.5)) }
            let tree = forest.trees[random.below(forest.trees.count)]
            let node = random.below(tree.feature.count), feature = Int(tree.feature[node])
            if row % 3 > 0, feature >= 0 {
                let last = IsolationTree.unscaled(tree.threshold[node], center: center[feature], scale: scale[feature])
                vector[feature] = row % 3 == 1 ? last : last.nextUp
            }
            values += vector
        }
        return Tensor(shape: [count, features], values: values)
    }

    /// Which leaf's path length each tree gives a row: float32 scaling and comparison, written once more.
    static func pathLengths(_ row: ArraySlice<Float>, in forest: IsolationForestParameters = forest) -> [Float] {
        let scaled = zip(row, zip(forest.center.values, forest.scale.values)).map { ($0 - $1.0) / $1.1 }
        return forest.trees.map { tree in
            var node = 0
            while tree.feature[node] >= 0 {
                let isLeft = scaled[Int(tree.feature[node])] <= tree.threshold[node]
                node = Int(isLeft ? tree.left[node] : tree.right[node])
            }
            return tree.pathLength[node]
        }
    }

    static func row(_ index: Int, of rows: Tensor) -> ArraySlice<Float> {
        let width = rows.shape[1]
        return rows.values[index * width ..< (index + 1) * width]
    }
}
