import ModelGraph

/// Matches the data sets of a weights file with the variables of a model, all of them or none.
struct KerasWeights {
    private let model: KerasModel
    private let decoder: HDF5Decoder
    private let path: String

    /// At most so many disagreements are listed.
    private static let mostListed = 40

    init(model: KerasModel, decoder: HDF5Decoder, path: String) {
        self.model = model
        self.decoder = decoder
        self.path = path
    }

    /// The weights of each layer, in the order of `KerasModel.layers` and `KerasLayer.variables`.
    /// - Throws: one `ArtifactError` that lists every variable that is missing, left over, or of another shape or type.
    func tensors() throws(ArtifactError) -> [[Tensor]] {
        let groups = model.weightGroups()
        var unclaimed = Dictionary(uniqueKeysWithValues: decoder.datasets.map { ($0.path, $0) })
        var problems: [String] = []
        var found: [[HDF5Decoder.Dataset]] = []
        for layer in model.layers {
            var own: [HDF5Decoder.Dataset] = []
            for variable in layer.variables {
                let path = "\(groups[layer.name] ?? "")/\(variable.path)"
                let dataset = unclaimed.removeValue(forKey: path)
                if let problem = Self.problem(dataset, variable) {
                    problems.append("\(layer.name) (\(layer.kind.className)): \(variable.name), \(path), \(problem)")
                } else if let dataset {
                    own.append(dataset)
                }
            }
            found.append(own)
        }
        for path in unclaimed.keys.sorted() where !Self.isTrainingState(path) {
            problems.append("\(Self.owner(of: path, in: groups)): \(path) is left over, no layer asks for it")
        }
        guard problems.isEmpty else { throw disagreement(problems) }

        var tensors: [[Tensor]] = []
        for own in found {
            var values: [Tensor] = []
            for dataset in own { values.append(try decoder.tensor(dataset)) }
            tensors.append(values)
        }
        return tensors
    }

    /// What is wrong with a data set, or nothing.
    private static func problem(_ dataset: HDF5Decoder.Dataset?, _ variable: KerasVariable) -> String? {
        guard let dataset else { return "of shape \(variable.shape) is missing" }
        guard dataset.shape == variable.shape else {
            return "has the shape \(dataset.shape), but the configuration asks for \(variable.shape)"
        }
        switch dataset.element {
        case .integer where !variable.isCount: return "holds integers, but floats were expected"
        default: return nil
        }
    }

    /// What only goes on with training: the optimiser's and the random generators' state.
    private static func isTrainingState(_ path: String) -> Bool {
        path.hasPrefix("optimizer/") || path.contains("/seed_generator/")
    }

    private static func owner(of path: String, in groups: [String: String]) -> String {
        let group = path.split(separator: "/").prefix(2).joined(separator: "/")
        return groups.filter { $0.value == group }.keys.min() ?? "no layer"
    }

    private func disagreement(_ problems: [String]) -> ArtifactError {
        let more = problems.count > Self.mostListed ? "\n  and \(problems.count - Self.mostListed) more" : ""
        let list = problems.prefix(Self.mostListed).map { "\n  \($0)" }.joined()
        return ArtifactError(
            .weightsDisagree, .read, path, at: KerasArchive.weightsMember,
            "\(problems.count) variables disagree with the configuration:\(list)\(more)\n",
            advice: "write the archive again: its config.json and its weights are not of one model")
    }
}
