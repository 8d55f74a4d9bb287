import ModelGraph

extension KerasSettings {
    /// Names that Keras takes and does not write itself any more.
    private static let synonyms = ["swish": "silu", "hard_swish": "hard_silu"]

    /// An activation by name, which must be stated: the defaults of the generations differ. Keras writes its own as texts;
    /// an object would be somebody's own function.
    mutating func activation(_ key: String = "activation") throws(ArtifactError) -> Activation {
        let found = try take(key)
        if found.isNull { return .linear }
        let name = try found.string()
        let activation = Activation(rawValue: Self.synonyms[name] ?? name)
        guard let activation, activation != .hardSigmoidKeras2 else {
            let known = Activation.allCases.filter { $0 != .hardSigmoidKeras2 }.map(\.rawValue).joined(separator: ", ")
            throw found.error(.unsupported, "the activation \"\(name)\" is not known; known are \(known)")
        }
        return activation == .hardSigmoid && dialect.isBeforeKeras3 ? .hardSigmoidKeras2 : activation
    }

    /// What an activation that is a layer of its own computes, when its settings make it one of the functions.
    /// - Throws: `ArtifactError` at the setting that none of the functions has.
    mutating func activation(ofLayer className: String, rank: Int) throws(ArtifactError) -> Activation {
        switch className {
        case "Softmax":
            try requireLastAxis("axis", rank: rank)
            return .softmax
        case "ELU":
            _ = try number("alpha", among: [1], default: 1)
            return .elu
        case "LeakyReLU":
            let key = try place.optionalMember("alpha") == nil ? "negative_slope" : "alpha"
            return try number(key, among: [0, 0.2], default: 0.3) == 0 ? .relu : .leakyReLU
        default:
            _ = try number("threshold", among: [0], default: 0)
            let slope = try number("negative_slope", among: [0, 0.2], default: 0)
            guard try takeOptional("max_value") != nil else { return slope == 0 ? .relu : .leakyReLU }
            _ = try number("max_value", among: [6], default: 6)
            _ = try number("negative_slope", among: [0], default: 0)
            return .relu6
        }
    }

    /// A number for which there is a function, by its float32.
    private mutating func number(
        _ key: String, among known: [Float], default fallback: Float
    ) throws(ArtifactError) -> Float {
        let found = try takeOptional(key)
        let value = try found?.float() ?? fallback
        guard known.contains(value) else {
            throw (found ?? place).error(.unsupported, "\(key) = \(value); only \(known) can be read")
        }
        return value
    }
}
