import ModelGraph

/// The settings of one layer, read one by one. What nobody asked for must be off, so that a setting that changes what the
/// layer computes is never passed over.
struct KerasSettings {
    let place: JSONPlace
    let dialect: KerasDialect
    private var unread: Set<String>

    /// Settings that say how a layer was made or trained, and change nothing in what it computes afterwards.
    private static let harmless: Set<String> = [
        "name", "trainable", "seed", "noise_shape", "dropout", "recurrent_dropout", "unroll", "unit_forget_bias", "momentum",
        "kernel_initializer", "recurrent_initializer", "bias_initializer", "beta_initializer", "gamma_initializer",
        "moving_mean_initializer", "moving_variance_initializer", "kernel_regularizer", "recurrent_regularizer",
        "bias_regularizer", "activity_regularizer", "beta_regularizer", "gamma_regularizer", "kernel_constraint",
        "recurrent_constraint", "bias_constraint", "beta_constraint", "gamma_constraint", "synchronized",
        "renorm_clipping", "renorm_momentum", "input_shape", "batch_input_shape", "input_dim", "input_length",
        "implementation",
        // What steps behind a mask give; no layer that is read makes a mask.
        "zero_output_for_mask",
        // Keras 1.
        "init", "inner_init", "forget_bias_init", "consume_less", "dropout_U", "dropout_W", "U_regularizer", "W_regularizer",
        "b_regularizer", "W_constraint", "b_constraint",
    ]

    /// What Keras 1 called a setting.
    private static let oldNames = [
        "units": "output_dim", "recurrent_activation": "inner_activation", "use_bias": "bias", "rate": "p",
    ]

    init(_ place: JSONPlace, _ dialect: KerasDialect) throws(ArtifactError) {
        self.place = place
        self.dialect = dialect
        unread = Set(try place.object().keys).subtracting(Self.harmless)
        try requireFloat32()
    }

    /// A setting that must be there.
    mutating func take(_ key: String) throws(ArtifactError) -> JSONPlace {
        let key = try spelling(of: key)
        unread.remove(key)
        return try place.member(key)
    }

    /// A setting that may be missing or null.
    mutating func takeOptional(_ key: String) throws(ArtifactError) -> JSONPlace? {
        let key = try spelling(of: key)
        unread.remove(key)
        guard let found = try place.optionalMember(key), !found.isNull else { return nil }
        return found
    }

    /// The key, or its name in Keras 1 when only that is there.
    private func spelling(of key: String) throws(ArtifactError) -> String {
        guard dialect.isBeforeKeras3, let old = Self.oldNames[key], try place.optionalMember(key) == nil,
            try place.optionalMember(old) != nil
        else { return key }
        return old
    }

    mutating func flag(_ key: String, default fallback: Bool) throws(ArtifactError) -> Bool {
        try takeOptional(key)?.bool() ?? fallback
    }

    /// Checks that an axis setting, a number or a list of one, means the last of `rank` axes (the batch axis not counted).
    mutating func requireLastAxis(_ key: String, rank: Int) throws(ArtifactError) {
        guard let found = try takeOptional(key) else { return }
        let axes = found.isArray ? try found.elements() : [found]
        guard axes.count == 1, [-1, rank].contains(try axes[0].integer()) else {
            throw found.error(.unsupported, "axis \(found.shortText); only the last axis is read")
        }
    }

    /// An axis, counted from 0 without the batch axis, of `rank` such axes.
    mutating func axis(_ key: String, rank: Int) throws(ArtifactError) -> Int {
        guard let found = try takeOptional(key) else { return rank - 1 }
        let number = try found.integer()
        // Keras counts the batch axis too, from 0, or backwards from −1.
        let axis = number < 0 ? rank + number : number - 1
        guard (0 ..< rank).contains(axis) else {
            throw found.error(.unsupported, "axis \(number); the input has 1 to \(rank) beside the batch's")
        }
        return axis
    }

    /// Checks that nothing is left that is switched on.
    func finish() throws(ArtifactError) {
        for key in unread.sorted() {
            guard let setting = try place.optionalMember(key), !setting.isOff else { continue }
            let layer = try place.optionalMember("name")?.string() ?? "without a name"
            throw setting.error(
                .unsupported,
                "\(setting.shortText) for \(key) of the layer \(layer) is not known to this program, or not with this value")
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
