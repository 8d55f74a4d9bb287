import CHDF5

extension HDF5Encoder {
    /// An attribute to write.
    struct Attribute {
        /// The group or data set that carries it, for example `model_weights/dense`; a group is made when no variable
        /// lies in it. The root is the empty string.
        var object: String
        var name: String
        var value: AttributeValue
    }

    enum AttributeValue {
        /// Of variable length and in UTF-8, as Keras writes `model_config`: it may be longer than 64 KiB.
        case string(String)
        /// As byte strings of one fixed length, as Keras writes `layer_names`: together, each as long as the longest, at
        /// most `longestList` bytes.
        case strings([String])
        /// As float64.
        case number(Double)
    }

    /// The most bytes of a list of strings: a message of an object header holds 64 KiB, so Keras cuts longer lists into
    /// `layer_names0`, `layer_names1` and so on.
    static let longestList = 64_512

    /// Writes `attributes` in their order, after the groups that carry them and nothing else.
    static func write(
        _ attributes: [Attribute], to file: HDF5Handle, beside variables: [Variable], _ context: HDF5Context
    ) throws {
        var existing: Set<String> = [""]
        func insert(_ path: String) {
            let parts = path.split(separator: "/")
            for count in 0 ... parts.count { existing.insert(parts.prefix(count).joined(separator: "/")) }
        }
        for variable in variables { insert(variable.path) }
        for attribute in attributes {
            let context = context.at("\(attribute.object), attribute \(attribute.name)")
            if !existing.contains(attribute.object) {
                let links = try makingGroups(context)
                _ = try HDF5Handle(
                    owning: H5Gcreate2(file.id, attribute.object, links.id, chdf5_default(), chdf5_default()), context,
                    doing: "create the group")
                insert(attribute.object)
            }
            let object = try HDF5Handle(
                owning: H5Oopen(file.id, "/\(attribute.object)", chdf5_default()), context, doing: "open the object")
            try write(attribute, to: object, context)
        }
    }

    private static func write(_ attribute: Attribute, to object: HDF5Handle, _ context: HDF5Context) throws {
        switch attribute.value {
        case let .string(text):
            guard !text.utf8.contains(0) else { throw unwritable(context, "the string holds a zero byte") }
            let type = try stringType(bytes: chdf5_variable(), context)
            try context.check(H5Tset_cset(type.id, H5T_CSET_UTF8), "choose UTF-8")
            try text.withCString { text in
                try withUnsafePointer(to: text) { try write($0, as: type.id, type.id, [], attribute, to: object, context) }
            }
        case let .strings(texts):
            let length = max(1, texts.map(\.utf8.count).max() ?? 0)
            guard texts.count * length <= longestList else {
                throw unwritable(
                    context, "\(texts.count) strings of up to \(length) bytes pass \(longestList) bytes together")
            }
            let type = try stringType(bytes: length, context)
            try context.check(H5Tset_strpad(type.id, H5T_STR_NULLPAD), "choose zeros to pad with")
            let bytes = texts.flatMap { Array($0.utf8) + [UInt8](repeating: 0, count: length - $0.utf8.count) }
            try bytes.withUnsafeBytes {
                try write($0.baseAddress, as: type.id, type.id, [texts.count], attribute, to: object, context)
            }
        case var .number(value):
            try write(&value, as: chdf5_float64_le(), chdf5_native_double(), [], attribute, to: object, context)
        }
    }

    private static func stringType(bytes: Int, _ context: HDF5Context) throws -> HDF5Handle {
        let type = try HDF5Handle(owning: H5Tcopy(chdf5_c_string()), context, doing: "copy a string type")
        try context.check(H5Tset_size(type.id, bytes), "set a string's length to \(bytes)")
        return type
    }

    /// Writes an attribute whose values lie at `values` in the type `inMemory`.
    private static func write(
        _ values: UnsafeRawPointer?, as type: hid_t, _ inMemory: hid_t, _ shape: [Int], _ attribute: Attribute,
        to object: HDF5Handle, _ context: HDF5Context
    ) throws {
        let space = try createSpace(shape, context)
        let handle = try HDF5Handle(
            owning: H5Acreate2(object.id, attribute.name, type, space.id, chdf5_default(), chdf5_default()), context,
            doing: "create the attribute")
        guard let values, shape.reduce(1, *) > 0 else { return }
        try context.check(H5Awrite(handle.id, inMemory, values), "write the attribute")
    }

    private static func unwritable(_ context: HDF5Context, _ finding: String) -> ArtifactError {
        ArtifactError(
            .notExpressible, .write, context.path, at: "HDF5 object \(context.object)", finding,
            advice: "shorten the names, or cut the list into several attributes")
    }
}
