/// What an attribute of a group or a data set holds. A single value is a list of one.
enum HDF5Attribute: Equatable {
    /// Strings, of fixed or variable length, in UTF-8 or ASCII, without the padding.
    case strings([String])
    /// Integers beyond 2⁵³ are rounded.
    case numbers([Double])
}

extension HDF5Decoder {
    /// The value of an attribute; nil when the object or the attribute does not exist.
    /// - Parameter object: a group or a data set, from the root without a leading slash, for example
    ///   `model_weights/dense`; the root itself is the empty string.
    /// - Throws: `ArtifactError` when its bytes are wrong or it holds neither strings nor numbers.
    func attribute(_ name: String, of object: String) throws(ArtifactError) -> HDF5Attribute? {
        try attributes[object]?.first { $0.name == name }?.read()
    }

    /// The names of an object's attributes, in byte order; none when it does not exist.
    func attributeNames(of object: String) -> [String] { (attributes[object] ?? []).map(\.name).sorted() }

    /// The names of a group's groups and data sets, in byte order; none when it does not exist.
    func members(of group: String) -> [String] { (groups[group] ?? []).sorted() }
}
