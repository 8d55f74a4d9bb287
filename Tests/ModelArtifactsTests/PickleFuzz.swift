import Foundation
import Inference
import ModelGraph
import Randomness
import TestSupport

@testable import ModelArtifacts

/// Damages valid pickles and reads them: every outcome but a forest or an error of ours ends the test.
enum PickleFuzz {
    static let smallForest: ModelGraph = {
        var random = RandomStream(seed: 4).child("small")
        return ForestSample.graph(threshold: "0.5", forest: IsolationForestParameters(
            center: ForestSample.forest.center, scale: ForestSample.forest.scale,
            trees: (0 ..< 2).map { _ in ForestSample.tree(&random, samples: 8, depthLimit: 3) },
            averagePathLength: IsolationTree.averagePathLength(samples: 8)))
    }()

    static func run(_ valid: Data, name: String, mutations: Int) throws -> (accepted: Int, refused: Int) {
        var (accepted, refused) = (0, 0)
        let root = RandomStream(seed: 6).child(name)
        for index in 0 ..< mutations {
            var random = root.child("mutation", index), data = valid
            for _ in 0 ... random.below(3) { mutate(&data, &random) }
            if try exercise(data) { accepted += 1 } else { refused += 1 }
        }
        return (accepted, refused)
    }

    /// Damage to any bytes, and damage that keeps a stretch's sense: instructions repeated, left out or in another place.
    private static func mutate(_ data: inout Data, _ random: inout RandomStream) {
        guard data.count > 8, random.chance(0.4) else { return Mutation.apply(to: &data, &random) }
        let start = random.below(data.count - 1), count = min(1 + random.below(24), data.count - start)
        let stretch = data.subdata(in: start ..< start + count)
        let place = random.below(data.count)
        if random.chance(0.5) {
            data.insert(contentsOf: stretch, at: place)
        } else {
            data.removeSubrange(start ..< start + count)
        }
        data = Data(data)
    }

    private static func exercise(_ data: Data) throws -> Bool {
        let graph: ModelGraph
        do {
            graph = try SklearnPickle.decode(data, path: "mutated.pkl")
        } catch {
            // Typed: it is an ArtifactError.
            return false
        }
        let features = graph.inputs[0].shape[0]
        guard features < 1000 else { return true }
        _ = try GraphExecutor(graph).run(["input": Tensor(repeating: 0.25, shape: [2, features])])
        do {
            _ = try SklearnPickle.encode(graph)
        } catch where error.code == .notExpressible {
            return true
        }
        return true
    }
}
