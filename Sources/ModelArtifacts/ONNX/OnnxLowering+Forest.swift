import ModelGraph

extension OnnxLowering {
    /// `2^(−mean path length / c)` over one tree ensemble.
    ///
    /// The trees run on values cast to double: comparing a float32 value with a float32 threshold gives the same answer
    /// in double, and ONNX Runtime then adds the path lengths in double. The mean is rounded to float32 once, so its
    /// relative error stays below 6e-8 whatever the number of trees; added in float32 it depended on the batch size and
    /// reached 6e-7.
    mutating func isolationForest(_ source: String, _ forest: IsolationForestParameters) -> String {
        let centred = emit("Sub", [source, constant("center", forest.center)])
        let scaled = emit("Div", [centred, constant("scale", forest.scale)])
        let double = OperatorGraph.ElementType.double
        let mean = emit(
            "TreeEnsembleRegressor", domain: Self.machineLearningDomain,
            [emit("Cast", [scaled], ["to": .int(Int64(double.rawValue))])], Self.attributes(of: forest))
        let exponent = emit("Mul", [mean, constant("exponent_per_step", scalar: Float(-1 / forest.averagePathLength))])
        return emit("Pow", [constant("two", scalar: 2), exponent])
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
