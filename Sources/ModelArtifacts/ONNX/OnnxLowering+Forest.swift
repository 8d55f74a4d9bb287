import ModelGraph

extension OnnxLowering {
    /// `2^(−mean path length / c)` over one tree ensemble, the same bits as our own score.
    ///
    /// - Comparing a float32 value with a float32 threshold gives the same answer in double, to which values are cast.
    /// - ONNX Runtime then adds the path lengths in double. They are float32 numbers of similar size, so double holds every
    ///   sum exactly, and neither the order of the trees nor the batch size matters.
    /// - The operator rounds the mean to float32; so does our definition of the score.
    /// - The rest is double again: one product, one power, one rounding to float32. Two good implementations of the power
    ///   differ, if at all, in the last bit of a double, which the rounding hides but for one row in 10⁸.
    mutating func isolationForest(_ source: String, _ forest: IsolationForestParameters) -> String {
        let centred = emit("Sub", [source, constant("center", forest.center)])
        let scaled = emit("Div", [centred, constant("scale", forest.scale)])
        let double = OperatorGraph.ElementType.double
        let mean = emit(
            "TreeEnsembleRegressor", domain: Self.machineLearningDomain,
            [emit("Cast", [scaled], ["to": .int(Int64(double.rawValue))])], Self.attributes(of: forest))
        let steps = emit("Cast", [mean], ["to": .int(Int64(double.rawValue))])
        let exponent = emit("Mul", [steps, constant("exponent_per_step", double: -1 / forest.averagePathLength)])
        let score = emit("Pow", [constant("two", double: 2), exponent])
        return emit("Cast", [score], ["to": .int(Int64(OperatorGraph.ElementType.float.rawValue))])
    }

    /// The smallest float32 not below a threshold: the float32 scores that reach the one reach the other.
    static func roundedUp(_ threshold: Double) -> Float {
        let rounded = Float(threshold)
        return Double(rounded) < threshold ? rounded.nextUp : rounded
    }

    private static func attributes(of forest: IsolationForestParameters) -> [String: OperatorGraph.Attribute] {
        var (trees, nodes, features, left, right): ([Int64], [Int64], [Int64], [Int64], [Int64]) = ([], [], [], [], [])
        var (leafTrees, leafNodes): ([Int64], [Int64]) = ([], [])
        var (thresholds, pathLengths): ([Float], [Float]) = ([], [])
        var modes: [String] = []
        for (index, tree) in forest.trees.enumerated() {
            for node in tree.feature.indices {
                let isLeaf = tree.feature[node] == -1
                trees.append(Int64(index))
                nodes.append(Int64(node))
                modes.append(isLeaf ? "LEAF" : "BRANCH_LEQ")
                features.append(isLeaf ? 0 : Int64(tree.feature[node]))
                thresholds.append(isLeaf ? 0 : tree.threshold[node])
                left.append(isLeaf ? 0 : Int64(tree.left[node]))
                right.append(isLeaf ? 0 : Int64(tree.right[node]))
                guard isLeaf else { continue }
                leafTrees.append(Int64(index))
                leafNodes.append(Int64(node))
                pathLengths.append(tree.pathLength[node])
            }
        }
        return [
            "n_targets": .int(1), "aggregate_function": .string("AVERAGE"), "post_transform": .string("NONE"),
            "nodes_treeids": .ints(trees), "nodes_nodeids": .ints(nodes), "nodes_modes": .strings(modes),
            "nodes_featureids": .ints(features), "nodes_values": .floats(thresholds),
            "nodes_truenodeids": .ints(left), "nodes_falsenodeids": .ints(right),
            "target_treeids": .ints(leafTrees), "target_nodeids": .ints(leafNodes),
            "target_ids": .ints(Array(repeating: 0, count: leafNodes.count)), "target_weights": .floats(pathLengths),
        ]
    }
}
