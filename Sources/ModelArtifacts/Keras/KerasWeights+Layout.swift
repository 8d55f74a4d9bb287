import ModelGraph

extension KerasWeights {
    /// Where the variables should be, by one of the two layouts of Keras.
    struct Layout {
        /// By layer: a path for each of its variables, nil where a problem says already why there is none.
        var paths: [String: [String?]] = [:]
        /// Data sets that a problem has dealt with.
        var explained: Set<String> = []
        /// The layer to which a left-over data set seems to belong.
        var owner: (_ path: String) -> String
    }

    /// Recognises the layout by what only one of them has: the list of layer names.
    func layout(_ problems: inout [String]) throws(ArtifactError) -> Layout {
        for root in ["", "model_weights"] {
            if let names = try names("layer_names", of: root) {
                return try namedLayout(root: root, layers: names, &problems)
            }
        }
        return treeLayout()
    }

    // MARK: Keras 3

    /// The tree of Keras 3, `layers/lstm_1/cell/vars/0`, which Keras 2.13 called `_layer_checkpoint_dependencies`.
    private func treeLayout() -> Layout {
        let groups = model.weightGroups()
        let older = "_layer_checkpoint_dependencies"
        let isOlder = decoder.datasets.contains { $0.path.hasPrefix("\(older)/") }
        func located(_ path: String) -> String { isOlder ? older + path.dropFirst("layers".count) : path }
        let owners = Dictionary(uniqueKeysWithValues: groups.map { (located($0.value), $0.key) })
        var layout = Layout { path in
            owners[path.split(separator: "/").prefix(2).joined(separator: "/")] ?? "no layer"
        }
        for layer in model.layers {
            let group = located(groups[layer.name] ?? "")
            layout.paths[layer.name] = layer.variables.map { "\(group)/\($0.path)" }
        }
        return layout
    }

    // MARK: Keras 2

    /// The layout of Keras 2 and of whole-model HDF5 files: the attribute `layer_names` lists the layers in the order of the
    /// model, each layer's `weight_names` its variables. Keras takes both by position; here the names must agree as well, so
    /// that a file in another order is never taken for this one.
    private func namedLayout(
        root: String, layers: [String], _ problems: inout [String]
    ) throws(ArtifactError) -> Layout {
        let prefix = root.isEmpty ? "" : "\(root)/"
        let known = Set(layers)
        var layout = Layout { path in
            let name = String(path.dropFirst(prefix.count).prefix { $0 != "/" })
            return known.contains(name) ? name : "no layer"
        }
        var stored: [(layer: String, variables: [String])] = []
        for name in layers {
            let variables = try names("weight_names", of: prefix + name) ?? []
            if !variables.isEmpty { stored.append((name, variables)) }
        }
        let expected = model.orderedLayers().filter { !$0.variables.isEmpty }
        let partners = Self.partners(expected.map(\.name), stored.map(\.layer))
        let titles = expected.map { $0.name }.joined(separator: ", ")
        if partners == nil, Set(expected.map(\.name)) == Set(stored.map(\.layer)) {
            problems.append(
                "all layers: the file lists them as \(stored.map(\.layer).joined(separator: ", ")), the model as \(titles)")
        }
        let byName = Dictionary(stored.indices.map { (stored[$0].layer, $0) }, uniquingKeysWith: { first, _ in first })
        for (index, layer) in expected.enumerated() {
            guard let partner = partners.map({ $0[index] }) ?? byName[layer.name] else {
                layout.paths[layer.name] = Array(repeating: nil, count: layer.variables.count)
                let wanted = layer.variables.map { "\($0.name) \($0.shape)" }.joined(separator: ", ")
                problems.append("\(Self.title(layer)): the file has no such layer; it should hold \(wanted)")
                continue
            }
            let group = prefix + stored[partner].layer
            layout.paths[layer.name] = place(stored[partner].variables, of: layer, in: group, &layout, &problems)
        }
        return layout
    }

    /// The number in the file of each expected layer: by position, when the names are the same ones in the same order, or
    /// differ only in the numbers that Keras gives them (`dense_3` for `dense`). Nil when they do not pair up.
    private static func partners(_ expected: [String], _ stored: [String]) -> [Int]? {
        func base(_ name: String) -> Substring {
            let digits = name.reversed().prefix { $0.isNumber }.count
            let rest = name.dropLast(digits)
            return digits > 0 && rest.last == "_" ? rest.dropLast() : name[...]
        }
        guard expected.count == stored.count,
            expected == stored || (Set(expected) != Set(stored) && expected.map(base) == stored.map(base))
        else { return nil }
        return Array(stored.indices)
    }

    /// The paths of a layer's variables, when the file names as many and in the same order.
    private func place(
        _ names: [String], of layer: KerasModel.Layer, in group: String, _ layout: inout Layout, _ problems: inout [String]
    ) -> [String?] {
        let expected = layer.variables
        let paths = names.map { "\(group)/\($0)" }
        let agree = names.count == expected.count && zip(names, expected).allSatisfy { Self.agree($0, $1) }
        guard !agree else { return paths }
        let wanted = expected.map { "\($0.qualifiedName) \($0.shape)" }.joined(separator: ", ")
        problems.append(
            "\(Self.title(layer)): the file lists \(names.joined(separator: ", ")), "
                + "but the layer has, in this order, \(wanted)")
        layout.explained.formUnion(paths)
        return Array(repeating: nil, count: expected.count)
    }

    /// Whether a name such as `bi/forward_lstm/lstm_cell/kernel:0` can mean the variable: the same last part, and not the
    /// other direction of a bidirectional layer.
    private static func agree(_ name: String, _ variable: KerasVariable) -> Bool {
        func parts(_ name: String) -> [Substring] {
            // TensorFlow adds the number of an operation's result.
            (name.hasSuffix(":0") ? name.dropLast(2) : name[...]).split(separator: "/")
        }
        func direction(_ parts: [Substring]) -> Substring? {
            parts.last { $0.hasPrefix("forward_") || $0.hasPrefix("backward_") }?.prefix { $0 != "_" }
        }
        guard parts(name).last.map(String.init) == variable.name else { return false }
        guard let wanted = direction(parts(variable.qualifiedName)), let found = direction(parts(name)) else { return true }
        return wanted == found
    }

    /// A list of names in an attribute, which Keras cuts into `layer_names0`, `layer_names1` and so on when it is long.
    private func names(_ attribute: String, of object: String) throws(ArtifactError) -> [String]? {
        if let whole = try decoder.attribute(attribute, of: object) { return try strings(whole, attribute, object) }
        var names: [String] = []
        var part = 0
        while let next = try decoder.attribute("\(attribute)\(part)", of: object) {
            names += try strings(next, attribute, object)
            part += 1
        }
        return part == 0 ? nil : names
    }

    private func strings(
        _ value: HDF5Attribute, _ attribute: String, _ object: String
    ) throws(ArtifactError) -> [String] {
        switch value {
        case let .strings(strings): return strings
        // An empty list has numbers as its type.
        case .numbers([]): return []
        case .numbers:
            throw ArtifactError(
                .malformed, .read, file.path, at: object, "the attribute \(attribute) holds numbers, names were expected",
                advice: file.advice)
        }
    }
}
