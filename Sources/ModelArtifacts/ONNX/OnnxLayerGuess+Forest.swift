import ModelGraph

extension OnnxLayerGuess {
    /// The forest of a TreeEnsembleRegressor between its scaling and its exponent.
    var isolationForest: IsolationForestParameters? {
        guard let center = group.tensor("center"), let scale = group.tensor("scale"),
            case .double(shape: [], let exponents)? = group.constants["exponent_per_step"],
            let averagePathLength = exponents.first.flatMap(Self.negativeReciprocal),
            let node = group.nodes.first(where: { $0.operatorType == "TreeEnsembleRegressor" }), let trees = trees(of: node)
        else { return nil }
        return IsolationForestParameters(
            center: center, scale: scale, trees: trees, averagePathLength: averagePathLength)
    }

    /// The number whose negative reciprocal is `value` to the bit: the quotient or a neighbour of it, as division rounds.
    private static func negativeReciprocal(_ value: Double) -> Double? {
        let quotient = -1 / value
        return [quotient, quotient.nextUp, quotient.nextDown].first { -1 / $0 == value && $0 > 0 }
    }

    /// Trees whose nodes stand one after another, numbered from 0.
    private func trees(of node: OperatorGraph.Node) -> [IsolationForestParameters.Tree]? {
        guard case .ints(let treeNumbers)? = node.attributes["nodes_treeids"],
            case .strings(let modes)? = node.attributes["nodes_modes"],
            case .ints(let features)? = node.attributes["nodes_featureids"],
            case .floats(let thresholds)? = node.attributes["nodes_values"],
            case .ints(let left)? = node.attributes["nodes_truenodeids"],
            case .ints(let right)? = node.attributes["nodes_falsenodeids"],
            case .floats(let weights)? = node.attributes["target_weights"]
        else { return nil }
        let count = treeNumbers.count
        guard modes.count == count, features.count == count, thresholds.count == count, left.count == count,
            right.count == count, weights.count == modes.count(where: { $0 == "LEAF" })
        else { return nil }
        var trees: [IsolationForestParameters.Tree] = []
        var pathLengths = weights[...]
        for index in 0 ..< count {
            if index == 0 || treeNumbers[index] != treeNumbers[index - 1] { trees.append(.empty) }
            let isLeaf = modes[index] == "LEAF"
            trees[trees.count - 1].append(
                feature: isLeaf ? -1 : Int32(truncatingIfNeeded: features[index]), threshold: thresholds[index],
                left: isLeaf ? -1 : Int32(truncatingIfNeeded: left[index]),
                right: isLeaf ? -1 : Int32(truncatingIfNeeded: right[index]),
                pathLength: isLeaf ? pathLengths.removeFirst() : 0)
        }
        return trees
    }
}

extension IsolationForestParameters.Tree {
    fileprivate static let empty = Self(feature: [], threshold: [], left: [], right: [], pathLength: [])

    fileprivate mutating func append(feature: Int32, threshold: Float, left: Int32, right: Int32, pathLength: Float) {
        self.feature.append(feature)
        self.threshold.append(threshold)
        self.left.append(left)
        self.right.append(right)
        self.pathLength.append(pathLength)
    }
}
