import Foundation
import ModelGraph

/// Says a forest in scikit-learn's words and pickles it.
struct SklearnForestWriter {
    /// The version whose layout of attributes is written.
    private static let version = "1.9.1"
    /// scikit-learn's marks for the children, and for feature and threshold, of a leaf.
    private static let noChild = -1
    private static let undefined = -2
    /// The record of one node, as scikit-learn has it since 1.3.
    private static let nodeFields: [(name: String, code: String, offset: Int)] = [
        ("left_child", "i8", 0), ("right_child", "i8", 8), ("feature", "i8", 16), ("threshold", "f8", 24),
        ("impurity", "f8", 32), ("n_node_samples", "i8", 40), ("weighted_n_node_samples", "f8", 48),
        ("missing_go_to_left", "u1", 56),
    ]
    private static let nodeSize = 64

    private let graph: ModelGraph
    private let featureCount: Int
    /// ψ.
    private let samples: Int
    private let offset: Double
    private let trees: [FoldedTree]

    static func encode(_ graph: ModelGraph) throws(ArtifactError) -> Data { try SklearnForestWriter(graph).data() }

    private init(_ graph: ModelGraph) throws(ArtifactError) {
        func problem(_ finding: String) -> ArtifactError {
            ArtifactError(
                .notExpressible, .write, graph.name, finding,
                advice: "only an isolation forest becomes a pickle; export other models as .keras or .onnx")
        }
        do {
            _ = try graph.inferredShapes()
        } catch {
            throw problem(error.description)
        }
        guard graph.inputs.count == 1, graph.nodes.count == 1, graph.outputs.count == 1,
            case .isolationForest(let forest) = graph.nodes[0].operation
        else { throw problem("the model is not one isolation forest between one input and one output") }
        guard zip(forest.center.values, forest.scale.values).allSatisfy({ $0.isFinite && $1 > 0 && $1.isFinite }) else {
            throw problem("a center is not finite, or a scale is not above zero")
        }
        let normaliser = forest.averagePathLength
        guard let samples = IsolationTree.samples(averagePathLength: normaliser, tolerance: 1e-9 * normaliser), samples >= 2
        else { throw problem("its normaliser \(normaliser) is c(n) of no whole number n") }
        var trees: [FoldedTree] = []
        for (index, tree) in forest.trees.enumerated() {
            guard let folded = FoldedTree(tree, center: forest.center.values, scale: forest.scale.values) else {
                throw problem(
                    "tree \(index) has a threshold NaN, a node that is not reached exactly once, or a path length that is "
                        + "not its depth plus c(n)")
            }
            trees.append(folded)
        }
        self.graph = graph
        featureCount = forest.center.values.count
        self.samples = samples
        self.trees = trees
        guard let text = graph.metadata[MetadataKey.threshold] else {
            offset = -0.5
            return
        }
        guard let threshold = Double(text), threshold.isFinite else {
            throw problem("the metadata key `threshold` holds `\(text)`, no number")
        }
        let alarms = AlarmOffset(trees: forest.trees, averagePathLength: forest.averagePathLength)
        guard let offset = alarms.offset(threshold: threshold) else { throw problem("its path lengths are too large") }
        self.offset = offset
    }

    // MARK: The estimator

    private func data() -> Data {
        var encoder = PickleEncoder()
        encoder.instance(.isolationForest) { encoder in
            settings(&encoder)
            encoder.text("estimator_")
            regressor(nil, &encoder)
            encoder.text("estimators_")
            encoder.list { encoder in trees.forEach { regressor($0, &encoder) } }
            encoder.text("estimators_features_")
            encoder.list { encoder in trees.forEach { _ in encoder.array(Array(0 ..< featureCount)) } }
            encoder.text("_average_path_length_per_tree")
            encoder.tuple { encoder in trees.forEach { encoder.array($0.averagePathLengths) } }
            encoder.text("_decision_path_lengths")
            // Counted in nodes, as scikit-learn does.
            encoder.tuple { encoder in trees.forEach { encoder.array($0.depths.map { $0 + 1 }) } }
            encoder.field("offset_") { $0.double(offset) }
            metadata(&encoder)
            encoder.field("_sklearn_version") { $0.text(Self.version) }
        }
        return encoder.finish()
    }

    private func settings(_ encoder: inout PickleEncoder) {
        for name in ["estimator", "n_jobs", "random_state"] { encoder.field(name) { $0.none() } }
        for name in ["bootstrap", "bootstrap_features", "oob_score", "warm_start"] { encoder.field(name) { $0.bool(false) } }
        encoder.field("n_estimators") { $0.int(trees.count) }
        encoder.field("estimator_params") { $0.tuple { _ in } }
        encoder.field("max_features") { $0.double(1) }
        encoder.field("verbose") { $0.int(0) }
        encoder.field("contamination") { $0.text("auto") }
        encoder.field("n_features_in_") { $0.int(featureCount) }
        encoder.field("_max_features") { $0.int(featureCount) }
        for name in ["max_samples", "max_samples_", "_max_samples"] { encoder.field(name) { $0.int(samples) } }
    }

    private func metadata(_ encoder: inout PickleEncoder) {
        let names = (graph.metadata[MetadataKey.featureNames] ?? "").split(separator: ",").map(String.init)
        if names.count == featureCount, Set(names).count == names.count {
            encoder.text("feature_names_in_")
            encoder.array(names)
        }
        encoder.field(SklearnPickle.nameAttribute) { $0.text(graph.name) }
        encoder.field(SklearnPickle.metadataAttribute) { encoder in
            encoder.dictionary { encoder in
                for (key, value) in graph.metadata.sorted(by: { $0.key < $1.key }) { encoder.field(key) { $0.text(value) } }
            }
        }
    }

    /// A fitted tree or, without one, the pattern that trees are made from.
    private func regressor(_ tree: FoldedTree?, _ encoder: inout PickleEncoder) {
        encoder.instance(.extraTreeRegressor) { encoder in
            encoder.field("criterion") { $0.text("squared_error") }
            encoder.field("splitter") { $0.text("random") }
            encoder.field("max_depth") { $0.int(depthLimit) }
            encoder.field("min_samples_split") { $0.int(2) }
            for name in ["min_samples_leaf", "max_features"] { encoder.field(name) { $0.int(1) } }
            for name in ["min_weight_fraction_leaf", "min_impurity_decrease", "ccp_alpha"] {
                encoder.field(name) { $0.double(0) }
            }
            for name in ["max_leaf_nodes", "random_state", "class_weight", "monotonic_cst"] {
                encoder.field(name) { $0.none() }
            }
            if let tree {
                encoder.field("n_features_in_") { $0.int(featureCount) }
                for name in ["n_outputs_", "max_features_"] { encoder.field(name) { $0.int(1) } }
                encoder.text("tree_")
                self.tree(tree, &encoder)
            }
            encoder.field("_sklearn_version") { $0.text(Self.version) }
        }
    }

    /// ⌈log2 ψ⌉, as scikit-learn sets it.
    private var depthLimit: Int { Int(log2(Double(samples)).rounded(.up)) }

    private func tree(_ tree: FoldedTree, _ encoder: inout PickleEncoder) {
        encoder.call(.tree) { encoder in
            encoder.int(featureCount)
            encoder.array([1])
            encoder.int(1)
        }
        encoder.state { encoder in
            encoder.dictionary { encoder in
                encoder.field("max_depth") { $0.int(tree.depths.max() ?? 0) }
                encoder.field("node_count") { $0.int(tree.depths.count) }
                encoder.text("nodes")
                encoder.array([tree.depths.count]) { encoder in
                    encoder.dataType(
                        "V\(Self.nodeSize)", order: "|", fields: Self.nodeFields, size: Self.nodeSize, alignment: 1,
                        flags: 16)
                } data: { $0.bytes(Self.records(of: tree)) }
                // The trees predict nothing; only the way to a leaf counts.
                encoder.text("values")
                encoder.array([tree.depths.count, 1, 1]) { $0.dataType("f8") } data: { encoder in
                    encoder.bytes([UInt8](repeating: 0, count: 8 * tree.depths.count))
                }
            }
        }
    }

    private static func records(of folded: FoldedTree) -> [UInt8] {
        let tree = folded.tree
        var bytes: [UInt8] = []
        bytes.reserveCapacity(nodeSize * tree.feature.count)
        for node in tree.feature.indices {
            let isLeaf = tree.feature[node] < 0
            bytes += (isLeaf ? noChild : Int(tree.left[node])).littleEndianBytes
            bytes += (isLeaf ? noChild : Int(tree.right[node])).littleEndianBytes
            bytes += (isLeaf ? undefined : Int(tree.feature[node])).littleEndianBytes
            let threshold = isLeaf ? Double(undefined) : Double(tree.threshold[node])
            bytes += threshold.bitPattern.littleEndianBytes
            bytes += 0.0.bitPattern.littleEndianBytes
            bytes += folded.samples[node].littleEndianBytes
            bytes += Double(folded.samples[node]).bitPattern.littleEndianBytes
            // Missing values go right, as in our comparison; the rest is padding.
            bytes += 0.littleEndianBytes
        }
        return bytes
    }
}

/// A tree on unscaled values, with what scikit-learn keeps beside it.
private struct FoldedTree {
    let tree: IsolationForestParameters.Tree
    let depths: [Int]
    /// Samples below each node.
    let samples: [Int]
    /// At leaves, what is left of the path length after the depth: c(samples) to the precision of a float32 path length, so
    /// that scikit-learn adds up exactly the numbers that we do. At inner nodes c(samples), which nothing reads.
    let averagePathLengths: [Double]

    /// Nil for what is not a tree, for a threshold NaN, and for a path length that no number of samples explains.
    init?(_ tree: IsolationForestParameters.Tree, center: [Float], scale: [Float]) {
        guard let depths = tree.depths else { return nil }
        var folded = tree, samples = [Int](repeating: 0, count: depths.count)
        // Children lie behind their parents.
        for node in depths.indices.reversed() {
            guard tree.feature[node] >= 0 else {
                let length = tree.pathLength[node], rest = Double(length) - Double(depths[node])
                let tolerance = 4 * Double(max(1, length).ulp)
                guard let count = IsolationTree.samples(averagePathLength: rest, tolerance: tolerance) else { return nil }
                samples[node] = count
                continue
            }
            let feature = Int(tree.feature[node])
            guard !tree.threshold[node].isNaN else { return nil }
            folded.threshold[node] = IsolationTree.unscaled(
                tree.threshold[node], center: center[feature], scale: scale[feature])
            samples[node] = samples[Int(tree.left[node])] + samples[Int(tree.right[node])]
        }
        self.tree = folded
        self.depths = depths
        self.samples = samples
        averagePathLengths = depths.indices.map { node in
            tree.feature[node] < 0
                ? Double(tree.pathLength[node]) - Double(depths[node])
                : IsolationTree.averagePathLength(samples: samples[node])
        }
    }
}
