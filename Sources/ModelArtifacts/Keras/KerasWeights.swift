import ModelGraph

/// Matches the data sets of a weights file with the variables of a model, all of them or none.
struct KerasWeights {
    let model: KerasModel
    let decoder: HDF5Decoder
    let file: WeightsFile

    /// What to call the weights in errors.
    struct WeightsFile {
        var path: String
        /// The archive's member, or empty.
        var place = ""
        /// What to do when the weights do not fit the configuration.
        var advice: String
    }


    /// At most so many disagreements are listed.
    private static let mostListed = 40

    /// The weights of each layer, in the order of `KerasModel.layers` and `KerasLayer.variables`.
    /// - Throws: one `ArtifactError` that lists every variable that is missing, left over, out of order, or of another shape
    ///   or type.
    func tensors() throws(ArtifactError) -> [[Tensor]] {
        var problems: [String] = []
        let layout = try layout(&problems)
        var unclaimed = Dictionary(uniqueKeysWithValues: decoder.datasets.map { ($0.path, $0) })
        var found: [[HDF5Decoder.Dataset]] = []
        for layer in model.layers {
            var own: [HDF5Decoder.Dataset] = []
            for (variable, path) in zip(layer.variables, layout.paths[layer.name] ?? []) {
                guard let path else { continue }
                let dataset = unclaimed.removeValue(forKey: path)
                if let problem = Self.problem(dataset, variable) {
                    problems.append("\(Self.title(layer)): \(variable.name), \(path), \(problem)")
                } else if let dataset {
                    own.append(dataset)
                }
            }
            found.append(own)
        }
        for path in unclaimed.keys.sorted() where !layout.explained.contains(path) && !Self.isTrainingState(path) {
            problems.append("\(layout.owner(path)): \(path) is left over, no layer asks for it")
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

    static func title(_ layer: KerasModel.Layer) -> String { "\(layer.name) (\(layer.kind.className))" }

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

    /// What only goes on with training: the optimiser's, the metrics' and the random generators' state.
    private static func isTrainingState(_ path: String) -> Bool {
        ["optimizer/", "optimizer_weights/", "metrics/"].contains { path.hasPrefix($0) }
            || path.contains("/seed_generator/")
    }

    private func disagreement(_ problems: [String]) -> ArtifactError {
        let more = problems.count > Self.mostListed ? "\n  and \(problems.count - Self.mostListed) more" : ""
        let list = problems.prefix(Self.mostListed).map { "\n  \($0)" }.joined()
        let count = problems.count == 1 ? "1 variable disagrees" : "\(problems.count) variables disagree"
        return ArtifactError(
            .weightsDisagree, .read, file.path, at: file.place, "\(count) with the configuration:\(list)\(more)\n",
            advice: file.advice)
    }
}
