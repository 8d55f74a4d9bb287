import Foundation
public import ModelGraph
public import Randomness
public import TensorCore

/// An isolation forest (Liu, Ting, Zhou, "Isolation Forest", ICDM 2008): rows that random splits separate early are
/// abnormal.
///
/// This value holds the hyperparameters; `fit` returns the learned trees as `IsolationForestParameters`, and
/// `IsolationForestScorer` scores rows with them. Higher scores are more abnormal (scikit-learn's `score_samples` is the
/// negative of ours).
public struct IsolationForest: Sendable, Codable, Equatable {
    /// Number of trees.
    public var trees: Int
    /// Rows drawn without replacement for each tree (ψ); all rows where there are fewer.
    public var sampleSize: Int

    public init(trees: Int = 200, sampleSize: Int = 256) {
        self.trees = trees
        self.sampleSize = sampleSize
    }

    /// Grows the forest.
    ///
    /// Each tree draws its sample from `stream.child("tree", index)`; every node takes a feature uniformly among those that
    /// are not constant in it and a float32 threshold uniformly between the feature's minimum and maximum, down to depth
    /// ⌈log2 ψ⌉. Rows go left when `value <= threshold`. The result does not depend on `threads`.
    ///
    /// - Parameters:
    ///   - frame: unscaled features `[row, feature]`, finite; it is not kept.
    ///   - rows: the rows to learn from; all when nil.
    ///   - center: subtracted from every row, `[feature]`.
    ///   - scale: divides every centred row, `[feature]`, each above zero (1 for a constant column).
    /// - Throws: `IsolationForestError` on a wrong shape, fewer than two rows, a scale that is not above zero, or a value
    ///   that is not finite before or after scaling.
    public func fit(
        _ frame: Tensor, rows: [Int]? = nil, center: Tensor, scale: Tensor, stream: RandomStream, threads: ThreadBudget = 1
    ) throws(IsolationForestError) -> IsolationForestParameters {
        guard trees >= 1 else { throw .hyperparameter(name: "trees", found: trees, expected: "at least 1") }
        guard sampleSize >= 2 else { throw .hyperparameter(name: "sampleSize", found: sampleSize, expected: "at least 2") }
        let scaling = try RobustScaling(center: center, scale: scale)
        let rowCount = try scaling.rowCount(of: frame)
        if let rows {
            precondition(rows.allSatisfy { (0 ..< rowCount).contains($0) }, "a chosen row lies outside the frame")
        }
        let available = rows?.count ?? rowCount
        guard available >= 2 else { throw .tooFewRows(found: available) }
        try scaling.checkFinite(frame, rows: rows)

        let sampled = min(sampleSize, available)
        var grown = [IsolationForestParameters.Tree?](repeating: nil, count: trees)
        let parts = (trees + Self.treesPerPart - 1) / Self.treesPerPart
        frame.values.withUnsafeBufferPointer { values in
            grown.withUnsafeMutableBufferPointer { grown in
                // Disjoint elements: each part writes its own trees.
                nonisolated(unsafe) let (values, grown) = (values, grown)
                let crew = WorkerCrew(threads: threads, atMost: parts) { part in
                    var grower = IsolationTreeGrower(sampleSize: sampled, scaling: scaling, rowCount: available)
                    let first = part * Self.treesPerPart
                    for tree in first ..< min(first + Self.treesPerPart, grown.count) {
                        grown[tree] = grower.grow(from: values, rows: rows, stream: stream.child("tree", tree))
                    }
                }
                crew.perform(parts: parts)
            }
        }
        return IsolationForestParameters(
            center: center, scale: scale, trees: grown.compactMap { $0 },
            averagePathLength: Self.averagePathLength(samples: sampled))
    }

    /// Trees that a thread takes at a time: enough that making their buffers does not count, few enough that all threads end
    /// together.
    private static let treesPerPart = 8

    /// c(n): the mean path length of an unsuccessful search in a binary tree of `samples` keys, as scikit-learn computes it:
    /// 0 up to one sample, 1 for two, else 2 (ln(n − 1) + γ) − 2 (n − 1) / n (the paper's equation 1).
    public static func averagePathLength(samples: Int) -> Double {
        switch samples {
        case ...1: return 0
        case 2: return 1
        default:
            let count = Double(samples), eulerGamma = 0.577_215_664_901_532_9
            return 2 * (log(count - 1) + eulerGamma) - 2 * (count - 1) / count
        }
    }
}
