import ModelGraph

/// Reads a fitted `IsolationForest` out of a pickle's values, checking every number that leads somewhere.
struct SklearnForestReader {
    private let document: PickleDocument
    /// Bytes of arrays that may still be read. Pickles can name one array many times; a forest reads each about once.
    private var budget: Int

    static func read(_ document: PickleDocument) throws(ArtifactError) -> ModelGraph {
        var reader = SklearnForestReader(document: document, budget: 4 * document.bytes.count)
        return try reader.graph()
    }

    private init(document: PickleDocument, budget: Int) {
        self.document = document
        self.budget = budget
    }

    private mutating func graph() throws(ArtifactError) -> ModelGraph {
        let root = PicklePlace(document)
        let state = try root.state(of: .isolationForest)
        guard let estimators = try state.optionalField("estimators_") else {
            throw state.unsupported("the IsolationForest is not fitted", advice: "call its fit, then pickle it")
        }
        let featureCount = try state.field("n_features_in_").int()
        guard (1 ... document.bytes.count).contains(featureCount) else {
            throw state.malformed("\(featureCount) features in a file of \(document.bytes.count) bytes")
        }
        let normaliser = IsolationTree.averagePathLength(samples: try state.field("_max_samples").int())
        guard normaliser > 0 else {
            throw state.unsupported(
                "each tree saw a single sample, so all scores are 1", advice: "fit with max_samples of 2 or more")
        }
        let forest = IsolationForestParameters(
            center: Tensor(repeating: 0, shape: [featureCount]), scale: Tensor(repeating: 1, shape: [featureCount]),
            trees: try trees(estimators, state, featureCount: featureCount), averagePathLength: normaliser)
        return ModelGraph(
            name: try state.optionalField(SklearnPickle.nameAttribute)?.text() ?? "isolation_forest",
            inputs: [.init(name: "input", shape: [featureCount])],
            nodes: [.init(name: "output", operation: .isolationForest(forest), sources: ["input"])],
            outputs: [.init(name: "output", source: "output")], metadata: try metadata(state, featureCount: featureCount))
    }

    private mutating func metadata(_ state: PicklePlace, featureCount: Int) throws(ArtifactError) -> [String: String] {
        if let own = try state.optionalField(SklearnPickle.metadataAttribute) { return try own.dictionaryOfTexts() }
        let offset = try state.field("offset_").double()
        guard offset.isFinite else { throw state.malformed("offset_ is \(offset)") }
        var metadata = [MetadataKey.threshold: String(AlarmOffset.threshold(offset: offset))]
        if let field = try state.optionalField("feature_names_in_") {
            let array = try read(PickledArray(field))
            guard array.count == featureCount else {
                throw field.malformed("\(array.count) names of \(featureCount) features")
            }
            let names = try field.texts(array.objects)
            // The metadata separates names by commas.
            if !names.contains(where: { $0.contains(",") }) {
                metadata[MetadataKey.featureNames] = names.joined(separator: ",")
            }
        }
        return metadata
    }

    // MARK: Trees

    private mutating func trees(
        _ estimators: PicklePlace, _ state: PicklePlace, featureCount: Int
    ) throws(ArtifactError) -> [IsolationForestParameters.Tree] {
        let list = try estimators.list()
        let subsets = try state.field("estimators_features_"), subsetList = try subsets.list()
        guard !list.isEmpty, subsetList.count == list.count else {
            throw estimators.malformed("\(list.count) trees and \(subsetList.count) subsets of features")
        }
        let lengths = try stored("_average_path_length_per_tree", state, count: list.count)
        var trees: [IsolationForestParameters.Tree] = []
        for index in list.indices {
            let place = estimators.child(list[index], "[\(index)]")
            let columns = try read(PickledArray(subsets.child(subsetList[index], "[\(index)]"))).integers()
            guard columns.allSatisfy({ (0 ..< featureCount).contains($0) }) else {
                throw subsets.malformed("tree \(index) uses a feature outside 0 ..< \(featureCount)")
            }
            var tree = try tree(place.state(of: .extraTreeRegressor).field("tree_"), columns: columns)
            if let lengths { try use(lengths, index, for: &tree, place) }
            trees.append(tree)
        }
        return trees
    }

    /// The stored c(n) of every node, one array a tree. scikit-learn 1.3 and later score with it; older files lack it.
    private func stored(
        _ key: String, _ state: PicklePlace, count: Int
    ) throws(ArtifactError) -> (place: PicklePlace, values: [PickleValue])? {
        guard let place = try state.optionalField(key) else { return nil }
        let values = try place.tuple()
        guard values.count == count else { throw place.malformed("\(values.count) arrays for \(count) trees") }
        return (place, values)
    }

    /// Takes path lengths from the stored ones, as scikit-learn does, where they say what the samples in the leaves say.
    private mutating func use(
        _ lengths: (place: PicklePlace, values: [PickleValue]), _ index: Int, for tree: inout IsolationForestParameters.Tree,
        _ estimator: PicklePlace
    ) throws(ArtifactError) {
        let place = lengths.place.child(lengths.values[index], "[\(index)]")
        let stored = try read(PickledArray(place)).floats()
        guard let depths = tree.depths, stored.count == depths.count else {
            throw place.malformed("\(stored.count) path lengths for \(tree.feature.count) nodes")
        }
        for node in depths.indices where tree.feature[node] < 0 {
            let length = Float(Double(depths[node]) + stored[node])
            guard abs(length - tree.pathLength[node]) <= 1e-5 * max(1, length) else {
                throw place.malformed(
                    "node \(node) ends a path of \(length) steps, but its depth and samples say \(tree.pathLength[node])")
            }
            tree.pathLength[node] = length
        }
    }

    private mutating func tree(
        _ place: PicklePlace, columns: [Int]
    ) throws(ArtifactError) -> IsolationForestParameters.Tree {
        let state = try place.state(of: .tree)
        let nodes = try read(PickledArray(state.field("nodes")))
        let count = try state.field("node_count").int()
        guard count >= 1, count == nodes.count else { throw state.malformed("\(nodes.count) nodes, node_count is \(count)") }
        let left = try nodes.integers(field: "left_child"), right = try nodes.integers(field: "right_child")
        let features = try nodes.integers(field: "feature"), samples = try nodes.integers(field: "n_node_samples")
        let thresholds = try nodes.floats(field: "threshold")
        var tree = IsolationForestParameters.Tree(feature: [], threshold: [], left: [], right: [], pathLength: [])
        for node in 0 ..< count {
            let isLeaf = left[node] == -1
            guard isLeaf == (right[node] == -1), isLeaf || columns.indices.contains(features[node]),
                isLeaf || (Int32(exactly: left[node]) != nil && Int32(exactly: right[node]) != nil),
                isLeaf || !thresholds[node].isNaN
            else {
                throw nodes.place.malformed(
                    "node \(node) has the children \(left[node]) and \(right[node]) and splits feature \(features[node]) of "
                        + "\(columns.count) at \(thresholds[node])")
            }
            tree.feature.append(isLeaf ? -1 : Int32(columns[features[node]]))
            tree.threshold.append(isLeaf ? 0 : IsolationTree.roundedDown(thresholds[node]))
            tree.left.append(isLeaf ? -1 : Int32(left[node]))
            tree.right.append(isLeaf ? -1 : Int32(right[node]))
            tree.pathLength.append(0)
        }
        guard let depths = tree.depths else {
            throw nodes.place.malformed("the nodes are not one tree whose children lie behind their parents")
        }
        for node in 0 ..< count where tree.feature[node] < 0 {
            guard samples[node] >= 1 else { throw nodes.place.malformed("leaf \(node) holds \(samples[node]) samples") }
            tree.pathLength[node] = Float(Double(depths[node]) + IsolationTree.averagePathLength(samples: samples[node]))
        }
        return tree
    }

    private mutating func read(_ array: PickledArray) throws(ArtifactError) -> PickledArray {
        budget -= max(array.bytes.count, array.cost)
        guard budget >= 0 else { throw array.place.malformed("the same arrays are used over and over") }
        return array
    }
}
