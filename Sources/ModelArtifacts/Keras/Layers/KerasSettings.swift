import ModelGraph

/// The settings of one layer, read one by one. What nobody asked for must be off, so that a setting that changes what the
/// layer computes is never passed over.
struct KerasSettings {
    let place: JSONPlace
    private var unread: Set<String>

    /// Settings that say how a layer was made or trained, and change nothing in what it computes afterwards.
    private static let harmless: Set<String> = [
        "name", "trainable", "seed", "noise_shape", "dropout", "recurrent_dropout", "unroll", "unit_forget_bias", "momentum",
        "kernel_initializer", "recurrent_initializer", "bias_initializer", "beta_initializer", "gamma_initializer",
        "moving_mean_initializer", "moving_variance_initializer", "kernel_regularizer", "recurrent_regularizer",
        "bias_regularizer", "activity_regularizer", "beta_regularizer", "gamma_regularizer", "kernel_constraint",
        "recurrent_constraint", "bias_constraint", "beta_constraint", "gamma_constraint", "synchronized",
        "renorm_clipping", "renorm_momentum", "batch_input_shape",
    ]

    init(_ place: JSONPlace) throws(ArtifactError) {
        self.place = place
        unread = Set(try place.object().keys).subtracting(Self.harmless)
        try requireFloat32()
    }

    /// A setting that must be there.
    mutating func take(_ key: String) throws(ArtifactError) -> JSONPlace {
        unread.remove(key)
        return try place.member(key)
    }

    /// A setting that may be missing or null.
    mutating func takeOptional(_ key: String) throws(ArtifactError) -> JSONPlace? {
        unread.remove(key)
        guard let found = try place.optionalMember(key), !found.isNull else { return nil }
        return found
    }

    mutating func flag(_ key: String, default fallback: Bool) throws(ArtifactError) -> Bool {
        try takeOptional(key)?.bool() ?? fallback
    }

    /// An activation by name. Keras writes its own as texts; an object would be somebody's own function.
    mutating func activation(_ key: String = "activation") throws(ArtifactError) -> Activation {
        guard let found = try takeOptional(key) else { return .linear }
        let name = try found.string()
        guard let activation = Activation(rawValue: name) else {
            let known = Activation.allCases.map(\.rawValue).joined(separator: ", ")
            throw found.error(.unsupported, "the activation \"\(name)\" is not known; known are \(known)")
        }
        return activation
    }

    /// Checks that an axis setting, a number or a list of one, means the last of `rank` axes (the batch axis not counted).
    mutating func requireLastAxis(_ key: String, rank: Int) throws(ArtifactError) {
        guard let found = try takeOptional(key) else { return }
        let axes = found.isArray ? try found.elements() : [found]
        guard axes.count == 1, [-1, rank].contains(try axes[0].integer()) else {
            throw found.error(.unsupported, "axis \(found.shortText); only the last axis is read")
        }
    }

    /// Checks that nothing is left that is switched on.
    func finish() throws(ArtifactError) {
        for key in unread.sorted() {
            guard let setting = try place.optionalMember(key), !setting.isOff else { continue }
            throw setting.error(.unsupported, "\(setting.shortText) is not known to this program, or not with this value")
        }
    }

    /// The layer must compute in float32 (or float64, which differs in the last digits only).
    private mutating func requireFloat32() throws(ArtifactError) {
        guard let found = try takeOptional("dtype") else { return }
        let name: String
        if case .object = found.value {
            name = try found.member("config").member("name").string()
        } else {
            name = try found.string()
        }
        guard ["float32", "float64"].contains(name) else {
            throw found.error(.unsupported, "the layer computes in \(name), not float32")
        }
    }
}
