import Foundation
import ModelGraph

/// An isolation forest's score, `2^(−mean path length / c)`: scaling in float32, the sum of path lengths in double, the mean
/// rounded to float32, power in double, score rounded to float32. An ONNX file can say exactly that too.
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
            let mean = Float(sum / Double(trees.roots.count))
            return Float(pow(2, Double(mean) * (-1 / averagePathLength)))
        }
    }
}
