import Foundation
import ModelGraph

/// An isolation forest's score, `2^(−mean path length / c)`; scaling in float32, everything after it in double.
struct ForestLayer: LayerComputation {
    private let scaling: ScaleLayer
    private let trees: TreeEnsemble
    private let averagePathLength: Double

    init(_ forest: IsolationForestParameters) {
        scaling = ScaleLayer(
            center: forest.center.values, scale: forest.scale.values, divides: true,
            offset: Array(repeating: 0, count: forest.center.values.count))
        trees = TreeEnsemble(forest.trees)
        averagePathLength = forest.averagePathLength
    }

    func run(_ sources: [[Float]], rows: Int) -> [Float] {
        let scaled = scaling.run(sources, rows: rows).map(Double.init)
        return trees.sums(scaled, rows: rows, features: scaling.center.count).map { sum in
            Float(exp2(-sum / Double(trees.roots.count) / averagePathLength))
        }
    }
}
