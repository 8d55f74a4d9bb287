import ModelGraph

extension OperatorPreparation {
    /// One target, float32 results; leaf weights are added in double, as ONNX Runtime does for double inputs.
    func treeEnsembleRegressor() throws(OperatorProblem) -> OperatorComputation {
        try requireOnly(
            [
                "n_targets", "aggregate_function", "post_transform", "nodes_treeids", "nodes_nodeids", "nodes_modes",
                "nodes_featureids", "nodes_values", "nodes_truenodeids", "nodes_falsenodeids", "target_treeids",
                "target_nodeids", "target_ids", "target_weights",
            ], inputs: 1 ... 1)
        let aggregate = try string("aggregate_function", default: "SUM")
        guard try int("n_targets") == 1, ["SUM", "AVERAGE"].contains(aggregate),
            try string("post_transform", default: "NONE") == "NONE"
        else { throw OperatorProblem("only one target, SUM or AVERAGE and no post-transform are supported") }
        let (trees, largestFeature) = try treeEnsemble()
        let divisor = aggregate == "AVERAGE" ? Double(trees.roots.count) : 1
        return { inputs throws(OperatorProblem) in
            let source = try inputs.value(0)
            guard source.shape.count == 2, source.shape[1] > largestFeature else {
                throw OperatorProblem(
                    "reads the shape \(source.shape); expected [batch, at least \(largestFeature + 1) features]")
            }
            let values: [Double]
            switch source.elements {
            case .double(let doubles): values = doubles
            case .float(let floats): values = floats.map(Double.init)
            case .int64, .bool: throw OperatorProblem("reads values of type \(source.elementType); expected float or double")
            }
            let sums = trees.sums(values, rows: source.shape[0], features: source.shape[1])
            return [OperatorValue(shape: [source.shape[0], 1], .float(sums.map { Float($0 / divisor) }))]
        }
    }

    /// A node's tree and number within it.
    private struct Place: Hashable {
        let tree: Int
        let node: Int
    }

    private func places(_ prefix: String) throws(OperatorProblem) -> [Place] {
        let (trees, nodes) = (try ints("\(prefix)_treeids"), try ints("\(prefix)_nodeids"))
        guard trees.count == nodes.count else { throw OperatorProblem("its lists `\(prefix)_…` differ in length") }
        return zip(trees, nodes).map { Place(tree: $0, node: $1) }
    }

    /// The trees with their nodes renumbered depth first, so that children lie behind their parents.
    private func treeEnsemble() throws(OperatorProblem) -> (TreeEnsemble, largestFeature: Int) {
        let source = try TreeLists(self, places: try places("nodes"), weights: try leafWeights())
        var nodes: [TreeEnsemble.Node] = []
        nodes.reserveCapacity(source.places.count)
        var roots: [Int] = []
        var largestFeature = 0
        // In file order; a tree's root is its first node.
        var knownTrees: Set<Int> = []
        for (index, place) in source.places.enumerated() where knownTrees.insert(place.tree).inserted {
            roots.append(nodes.count)
            try source.append(root: index, to: &nodes, &largestFeature)
        }
        guard !roots.isEmpty else { throw OperatorProblem("it holds no tree") }
        return (TreeEnsemble(nodes: nodes, roots: roots), largestFeature)
    }

    private func leafWeights() throws(OperatorProblem) -> [Place: Double] {
        let (leaves, targets, weights) = (try places("target"), try ints("target_ids"), try floats("target_weights"))
        guard targets.count == leaves.count, weights.count == leaves.count, targets.allSatisfy({ $0 == 0 }) else {
            throw OperatorProblem("its lists `target_…` differ in length or name another target than 0")
        }
        var result: [Place: Double] = [:]
        for (leaf, weight) in zip(leaves, weights) { result[leaf, default: 0] += Double(weight) }
        return result
    }

    /// The parallel lists that ONNX keeps trees in.
    private struct TreeLists {
        let places: [Place]
        private let indices: [Place: Int]
        private let weights: [Place: Double]
        private let isLeaf: [Bool]
        private let features: [Int]
        private let thresholds: [Float]
        private let left: [Int]
        private let right: [Int]

        init(_ preparation: OperatorPreparation, places: [Place], weights: [Place: Double]) throws(OperatorProblem) {
            let modes = try preparation.strings("nodes_modes")
            if let other = modes.first(where: { $0 != "LEAF" && $0 != "BRANCH_LEQ" }) {
                throw OperatorProblem("trees that branch by `\(other)` are not supported")
            }
            isLeaf = modes.map { $0 == "LEAF" }
            features = try preparation.ints("nodes_featureids")
            thresholds = try preparation.floats("nodes_values")
            left = try preparation.ints("nodes_truenodeids")
            right = try preparation.ints("nodes_falsenodeids")
            let counts = [isLeaf.count, features.count, thresholds.count, left.count, right.count]
            guard counts.allSatisfy({ $0 == places.count }), places.count <= Int32.max else {
                throw OperatorProblem("its lists `nodes_…` differ in length")
            }
            indices = Dictionary(zip(places, places.indices)) { first, _ in first }
            guard indices.count == places.count else { throw OperatorProblem("two nodes of a tree have the same number") }
            self.places = places
            self.weights = weights
        }

        /// Appends the nodes below `root`. Each may be reached once, so a cycle is found, and hostile trees cannot grow.
        func append(
            root: Int, to nodes: inout [TreeEnsemble.Node], _ largestFeature: inout Int
        ) throws(OperatorProblem) {
            /// A node still to be appended, and the place that must learn its position.
            var pending: [(index: Int, parent: Int?, isLeft: Bool)] = [(root, nil, true)]
            while let next = pending.popLast() {
                guard nodes.count < places.count else {
                    throw OperatorProblem("tree \(places[root].tree) is not a tree: a node has two parents")
                }
                let position = nodes.count
                if let parent = next.parent {
                    if next.isLeft { nodes[parent].left = Int32(position) } else { nodes[parent].right = Int32(position) }
                }
                let index = next.index
                if isLeaf[index] {
                    let weight = weights[places[index], default: 0]
                    nodes.append(TreeEnsemble.Node(feature: -1, left: 0, right: 0, number: weight))
                    continue
                }
                guard let feature = Int32(exactly: features[index]), feature >= 0 else {
                    throw OperatorProblem("tree \(places[index].tree) splits on feature \(features[index])")
                }
                largestFeature = max(largestFeature, features[index])
                nodes.append(TreeEnsemble.Node(feature: feature, left: 0, right: 0, number: Double(thresholds[index])))
                pending.append((try child(right[index], of: index), position, false))
                pending.append((try child(left[index], of: index), position, true))
            }
        }

        private func child(_ number: Int, of index: Int) throws(OperatorProblem) -> Int {
            guard let child = indices[Place(tree: places[index].tree, node: number)] else {
                let place = places[index]
                throw OperatorProblem(
                    "tree \(place.tree), node \(place.node), has the child \(number), which does not exist")
            }
            return child
        }
    }
}
