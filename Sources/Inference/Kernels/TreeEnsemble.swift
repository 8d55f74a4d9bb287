import ModelGraph

/// Regression trees whose leaf weights are added in double, in tree order.
///
/// Values and thresholds are held in double: comparing two float32 numbers gives the same answer there.
struct TreeEnsemble: Sendable {
    struct Node: Sendable {
        /// −1 marks a leaf.
        var feature: Int32
        /// Index of the child for `value <= threshold` and for all else (NaN included).
        var left: Int32
        var right: Int32
        /// A leaf's weight, or the threshold.
        var number: Double
    }

    /// Every child lies behind its parent, so a walk ends; whoever makes an ensemble has checked that.
    let nodes: [Node]
    /// Where each tree starts.
    let roots: [Int]

    /// The sum of the weights of the leaves that each row reaches; `values` is `[rows, features]`.
    ///
    /// Bounds: features and children of the nodes were checked against `features` and the nodes' count.
    func sums(_ values: [Double], rows: Int, features: Int) -> [Double] {
        precondition(values.count == rows * features, "\(values.count) values are not \(rows) rows of \(features)")
        var sums = [Double](repeating: 0, count: rows)
        values.withUnsafeBufferPointer { values in
            nodes.withUnsafeBufferPointer { nodes in
                for root in roots {
                    for row in 0 ..< rows {
                        var node = nodes[root]
                        while node.feature >= 0 {
                            let goesLeft = values[row * features + Int(node.feature)] <= node.number
                            node = nodes[Int(goesLeft ? node.left : node.right)]
                        }
                        sums[row] += node.number
                    }
                }
            }
        }
        return sums
    }
}

extension TreeEnsemble {
    /// The trees of an isolation forest; the leaf weights are the path lengths.
    init(_ trees: [IsolationForestParameters.Tree]) {
        var (nodes, roots): ([Node], [Int]) = ([], [])
        for tree in trees {
            let root = nodes.count
            roots.append(root)
            for index in tree.feature.indices {
                let isLeaf = tree.feature[index] == -1
                nodes.append(
                    Node(
                        feature: tree.feature[index], left: isLeaf ? 0 : Int32(root) + tree.left[index],
                        right: isLeaf ? 0 : Int32(root) + tree.right[index],
                        number: Double(isLeaf ? tree.pathLength[index] : tree.threshold[index])))
            }
        }
        self.init(nodes: nodes, roots: roots)
    }
}
