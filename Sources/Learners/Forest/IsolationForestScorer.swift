import Foundation
public import ModelGraph
public import TensorCore

/// A forest laid out for scoring many rows.
///
/// Precision: rows are scaled and compared in float32, the float32 path lengths of the trees are added in double, which is
/// exact; their mean is rounded to float32, the score 2^(−mean / c(ψ)) is computed in double and rounded to float32. An ONNX
/// file can say exactly that, so exported forests give the same bits. The bits depend neither on the number of threads nor
/// on the rows scored together.
public struct IsolationForestScorer: Sendable {
    /// Features per row.
    public var featureCount: Int { scaling.featureCount }

    private let scaling: RobustScaling
    /// The trees one after the other, each breadth first with siblings side by side.
    private let nodes: [Node]
    private let trees: [Root]
    private let averagePathLength: Double

    /// Sixteen bytes, so that a step reads one cache line; offsets are in bytes from the tree's root and the row's start.
    /// A leaf leads to itself, so that a walk needs no test for its end: it takes as many steps as the tree is deep.
    private struct Node {
        var threshold: Float
        var featureOffset: UInt32
        var leftOffset: UInt32
        var pathLength: Float
    }

    private struct Root {
        var firstNode: Int
        var depth: Int
    }

    /// Rows scaled at a time: the block stays in the second-level cache while all trees pass over it.
    private static let blockRows = 512
    /// Rows walked side by side, so that the processor overlaps their memory latencies.
    private static let lanes = 8

    /// Checks the trees and lays them out.
    ///
    /// - Throws: `IsolationForestError` where a tree is malformed: arrays of different lengths, a child that does not lie
    ///   behind its parent or is reached twice, a feature that does not exist, a number that is not finite.
    public init(_ parameters: IsolationForestParameters) throws(IsolationForestError) {
        scaling = try RobustScaling(center: parameters.center, scale: parameters.scale)
        guard !parameters.trees.isEmpty else { throw .hyperparameter(name: "trees", found: 0, expected: "at least 1") }
        guard parameters.averagePathLength > 0, parameters.averagePathLength.isFinite else {
            throw .normaliser(found: parameters.averagePathLength)
        }
        averagePathLength = parameters.averagePathLength
        var nodes: [Node] = []
        var trees: [Root] = []
        for (index, tree) in parameters.trees.enumerated() {
            try tree.check(index: index, featureCount: parameters.center.shape[0])
            trees.append(Root(firstNode: nodes.count, depth: Self.append(tree, to: &nodes)))
        }
        self.nodes = nodes
        self.trees = trees
    }

    /// Appends the tree breadth first and returns its depth.
    private static func append(_ tree: IsolationForestParameters.Tree, to nodes: inout [Node]) -> Int {
        let size = UInt32(MemoryLayout<Node>.stride)
        var level = [0], placed: UInt32 = 1, slot: UInt32 = 0, depth = 0
        while true {
            var next: [Int] = []
            for node in level {
                if tree.feature[node] >= 0 {
                    nodes.append(Node(
                        threshold: tree.threshold[node], featureOffset: UInt32(tree.feature[node]) * 4,
                        leftOffset: placed * size, pathLength: 0))
                    next.append(Int(tree.left[node]))
                    next.append(Int(tree.right[node]))
                    placed += 2
                } else {
                    nodes.append(Node(
                        threshold: .infinity, featureOffset: 0, leftOffset: slot * size, pathLength: tree.pathLength[node]))
                }
                slot += 1
            }
            if next.isEmpty { return depth }
            level = next
            depth += 1
        }
    }

    /// Scores every row: near 1 abnormal, around 0.5 and below normal.
    ///
    /// - Parameter frame: unscaled features `[row, feature]`; zero rows give no scores.
    /// - Returns: one score per row, in (0, 1).
    /// - Throws: `IsolationForestError` on a wrong shape or a value that is not finite, with its row and column.
    public func score(_ frame: Tensor, threads: ThreadBudget = 1) throws(IsolationForestError) -> [Float] {
        let rowCount = try scaling.rowCount(of: frame)
        let blocks = (rowCount + Self.blockRows - 1) / Self.blockRows
        guard blocks > 0 else { return [] }
        var scores = [Float](repeating: 0, count: rowCount)
        var badRows = [Int?](repeating: nil, count: blocks)
        frame.values.withUnsafeBufferPointer { values in
            scores.withUnsafeMutableBufferPointer { scores in
                badRows.withUnsafeMutableBufferPointer { badRows in
                    // Disjoint elements: each block writes its own rows and its own entry of `badRows`.
                    nonisolated(unsafe) let (values, scores, badRows) = (values, scores, badRows)
                    let crew = WorkerCrew(threads: threads, atMost: blocks) { block in
                        let first = block * Self.blockRows
                        let rows = first ..< min(first + Self.blockRows, rowCount)
                        badRows[block] = score(rows, of: values, into: scores)
                    }
                    crew.perform(parts: blocks)
                }
            }
        }
        if let row = badRows.lazy.compactMap({ $0 }).first { throw scaling.firstNotFinite(frame, row: row) }
        return scores
    }

    /// Scores one block of rows and returns the first that is not finite.
    private func score(
        _ rows: Range<Int>, of values: UnsafeBufferPointer<Float>, into scores: UnsafeMutableBufferPointer<Float>
    ) -> Int? {
        // Whole groups of lanes: the rows that fill the last group are zeros and are dropped at the end.
        let padded = (rows.count + Self.lanes - 1) / Self.lanes * Self.lanes
        return withUnsafeTemporaryAllocation(of: Float.self, capacity: padded * featureCount) { scaled in
            withUnsafeTemporaryAllocation(of: Double.self, capacity: padded) { sums in
                scaled.initialize(repeating: 0)
                sums.initialize(repeating: 0)
                let bad = scaling.scale(values, first: rows.lowerBound, count: rows.count, into: scaled)
                // NaN compares false and would leave a leaf for the node behind it.
                guard bad == nil else { return bad }
                addPathLengths(of: scaled, to: sums)
                for row in 0 ..< rows.count {
                    let mean = Float(sums[row] / Double(trees.count))
                    scores[rows.lowerBound + row] = Float(pow(2, Double(mean) * (-1 / averagePathLength)))
                }
                return nil
            }
        }
    }

    /// Adds each tree's path length to the sum of every row; `sums.count` is a multiple of `lanes`.
    private func addPathLengths(of rows: UnsafeMutableBufferPointer<Float>, to sums: UnsafeMutableBufferPointer<Double>) {
        guard let rowBase = UnsafeRawPointer(rows.baseAddress), let sumBase = sums.baseAddress else { return }
        let rowSize = featureCount * MemoryLayout<Float>.stride
        nodes.withUnsafeBytes { nodes in
            guard let nodeBase = nodes.baseAddress else { return }
            for tree in trees {
                let root = nodeBase + tree.firstNode * MemoryLayout<Node>.stride
                for group in stride(from: 0, to: sums.count, by: Self.lanes) {
                    Self.walk(
                        root, depth: tree.depth, rows: rowBase + group * rowSize, rowSize: rowSize, sums: sumBase + group)
                }
            }
        }
    }

    /// Walks `lanes` rows down one tree.
    ///
    /// Bounds: `init` checked that children and features exist, a leaf leads to itself, rows are finite (so that `<=` holds
    /// at a leaf's infinite threshold), and the caller provides `lanes` rows and sums.
    @inline(__always)
    private static func walk(
        _ root: UnsafeRawPointer, depth: Int, rows: UnsafeRawPointer, rowSize: Int, sums: UnsafeMutablePointer<Double>
    ) {
        var offsets = InlineArray<8, UInt32>(repeating: 0)
        for _ in 0 ..< depth {
            for lane in 0 ..< lanes {
                let node = (root + Int(offsets[lane])).assumingMemoryBound(to: Node.self)
                let value = (rows + (lane &* rowSize &+ Int(node.pointee.featureOffset))).assumingMemoryBound(to: Float.self)
                let right: UInt32 = value.pointee <= node.pointee.threshold ? 0 : UInt32(MemoryLayout<Node>.stride)
                offsets[lane] = node.pointee.leftOffset &+ right
            }
        }
        for lane in 0 ..< lanes {
            let leaf = (root + Int(offsets[lane])).assumingMemoryBound(to: Node.self)
            sums[lane] += Double(leaf.pointee.pathLength)
        }
    }
}

extension IsolationForestParameters.Tree {
    /// Refuses a tree that could lead a walk out of bounds or around in a circle.
    func check(index: Int, featureCount: Int) throws(IsolationForestError) {
        let count = feature.count
        guard count > 0, [threshold.count, left.count, right.count, pathLength.count].allSatisfy({ $0 == count }) else {
            throw .malformedTree(tree: index, node: 0, problem: "the node arrays are empty or differ in length")
        }
        var reached = [Bool](repeating: false, count: count)
        for node in 0 ..< count {
            guard pathLength[node].isFinite, threshold[node].isFinite else {
                throw .malformedTree(tree: index, node: node, problem: "the threshold or the path length is not finite")
            }
            guard feature[node] >= 0 else { continue }
            guard feature[node] < featureCount else {
                throw .malformedTree(
                    tree: index, node: node, problem: "splits on feature \(feature[node]) of \(featureCount)")
            }
            for child in [Int(left[node]), Int(right[node])] {
                guard child > node, child < count, !reached[child] else {
                    throw .malformedTree(
                        tree: index, node: node,
                        problem: "child \(child) is not a node of its own behind it (\(count) nodes)")
                }
                reached[child] = true
            }
        }
    }
}
