/// How a document names things: layers and activations do not mean the same in every generation of Keras.
struct KerasDialect: Equatable {
    /// Keras 1 or 2 wrote the document, so that `hard_sigmoid` is the older function and old names of settings may occur.
    var isBeforeKeras3: Bool
    /// Every layer states its module, so that one without it is not Keras' own. HDF5 files of Keras 3 and JSON of Keras 2
    /// leave the modules out.
    var statesModules: Bool

    /// Of a `.keras` archive, whose `metadata.json` holds the version.
    static func archive(version: String?) -> KerasDialect {
        KerasDialect(isBeforeKeras3: version.map(isBeforeKeras3) ?? false, statesModules: true)
    }

    /// Of a whole-model HDF5 file; without a version it is of Keras 1.
    static func wholeFile(version: String?) -> KerasDialect {
        KerasDialect(isBeforeKeras3: version.map(isBeforeKeras3) ?? true, statesModules: false)
    }

    /// Of the text that `to_json` gives: Keras 2 adds its version, Keras 3 the model's module.
    static func text(_ root: JSONPlace) throws(ArtifactError) -> KerasDialect {
        let version = try root.optionalMember("keras_version")?.string()
        let hasModule = try root.optionalMember("module") != nil
        return KerasDialect(isBeforeKeras3: version.map(isBeforeKeras3) ?? !hasModule, statesModules: hasModule)
    }

    private static func isBeforeKeras3(_ version: String) -> Bool { version.hasPrefix("1") || version.hasPrefix("2") }
}
