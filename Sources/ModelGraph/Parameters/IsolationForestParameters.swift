/// An isolation forest after robust scaling: `score = 2^(−mean path length / averagePathLength)` (Liu, Ting, Zhou 2008).
public struct IsolationForestParameters: Sendable, Equatable {
    /// Robust scaling `(x − center) / scale`, `[F]` each, computed in float32 before the trees are walked.
    public var center: Tensor
    public var scale: Tensor
    public var trees: [Tree]
    /// `c(ψ)`: the mean path length of an unsuccessful search among ψ samples, the forest's normaliser.
    public var averagePathLength: Double

    public init(center: Tensor, scale: Tensor, trees: [Tree], averagePathLength: Double) {
        self.center = center
        self.scale = scale
        self.trees = trees
        self.averagePathLength = averagePathLength
    }

    /// Nodes depth first, left child first; a row goes left when `value <= threshold` (float32 comparison).
    public struct Tree: Sendable, Equatable {
        /// −1 marks a leaf.
        public var feature: [Int32]
        public var threshold: [Float]
        /// Index of the left child; the right child's is `right`. −1 at leaves.
        public var left: [Int32]
        public var right: [Int32]
        /// At leaves: depth plus c(samples in the leaf). 0 elsewhere.
        public var pathLength: [Float]

        public init(feature: [Int32], threshold: [Float], left: [Int32], right: [Int32], pathLength: [Float]) {
            self.feature = feature
            self.threshold = threshold
            self.left = left
            self.right = right
            self.pathLength = pathLength
        }
    }
}

extension IsolationForestParameters {
    /// Every tree must be one that a walk leaves: children lie behind their parent, inside the arrays.
    func check(_ source: [Int]) throws(Misfit) {
        guard source.count == 1 else { throw Misfit("reads the shape \(source); a forest expects [feature]") }
        try LayerOperation.require(center, "the center", source, source)
        try LayerOperation.require(scale, "the scale", source, source)
        guard !trees.isEmpty, averagePathLength > 0, averagePathLength.isFinite else {
            throw Misfit(
                "has \(trees.count) trees and the normaliser \(averagePathLength); "
                    + "expected at least one tree and a positive number")
        }
        for (index, tree) in trees.enumerated() {
            let count = tree.feature.count
            guard count >= 1, tree.threshold.count == count, tree.left.count == count, tree.right.count == count,
                tree.pathLength.count == count
            else { throw Misfit("tree \(index) is empty or its arrays differ in length") }
            for node in 0 ..< count where tree.feature[node] != -1 {
                guard (0 ..< source[0]).contains(Int(tree.feature[node])) else {
                    throw Misfit("tree \(index) splits on feature \(tree.feature[node]) of \(source[0])")
                }
                for child in [tree.left[node], tree.right[node]] where !(node + 1 ..< count).contains(Int(child)) {
                    throw Misfit(
                        "tree \(index), node \(node), has the child \(child); expected one in \(node + 1) ..< \(count)")
                }
            }
        }
    }
}
