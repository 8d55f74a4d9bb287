import Learners
import ModelArtifacts
import ModelGraph
import Randomness
import TensorCore

/// Grows an isolation forest of 200 trees of 256 rows.
struct ForestFit: Contestant {
    private let frame: Tensor
    private let threads: Int

    init(_ settings: Settings) throws {
        frame = try NumPyArray.read(settings.path("forest_rows.npy"))
        threads = settings.threads
    }

    func run() throws -> Round {
        let (forest, seconds) = try Round.measure { try fit(threads: ThreadBudget(threads)) }
        return Round(seconds: seconds, evidence: ["trees": Double(forest.trees.count)])
    }

    func fit(threads: ThreadBudget) throws -> IsolationForestParameters { try Self.fit(frame, threads: threads) }

    /// Unscaled, as scikit-learn takes its rows.
    static func fit(_ frame: Tensor, threads: ThreadBudget) throws -> IsolationForestParameters {
        try IsolationForest(trees: 200, sampleSize: 256).fit(
            frame, center: Tensor(repeating: 0, shape: [frame.shape[1]]),
            scale: Tensor(repeating: 1, shape: [frame.shape[1]]), stream: RandomStream(seed: 42),
            threads: threads)
    }
}

/// Scores every row with such a forest, the layout of its trees included.
struct ForestScore: Contestant {
    private let frame: Tensor
    private let forest: IsolationForestParameters
    private let threads: Int

    init(_ settings: Settings) throws {
        frame = try NumPyArray.read(settings.path("forest_rows.npy"))
        threads = settings.threads
        forest = try ForestFit.fit(frame, threads: ThreadBudget(threads))
    }

    func run() throws -> Round {
        let (scores, seconds) = try Round.measure {
            try IsolationForestScorer(forest).score(frame, threads: ThreadBudget(threads))
        }
        return Round(seconds: seconds, evidence: ["mean score": scores.reduce(0) { $0 + Double($1) } / Double(scores.count)])
    }
}
