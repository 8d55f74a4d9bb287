/// A value of a pickle with its name, for strict reading and for messages: `estimators_[3].tree_.nodes`.
struct PicklePlace {
    let document: PickleDocument
    let value: PickleValue
    /// Empty for the whole pickle.
    let name: String

    /// Fields are searched one by one, so a dictionary may not have more; a forest has about thirty.
    private static let mostFields = 1024

    init(_ document: PickleDocument) {
        self.init(document, document.root, "")
    }

    private init(_ document: PickleDocument, _ value: PickleValue, _ name: String) {
        self.document = document
        self.value = value
        self.name = name
    }

    func child(_ value: PickleValue, _ name: String) -> PicklePlace {
        let joint = self.name.isEmpty || name.isEmpty || name.hasPrefix("[") ? "" : "."
        return PicklePlace(document, value, self.name + joint + name)
    }

    // MARK: Objects

    private var object: PickleObject? {
        guard case .object(let place) = value else { return nil }
        return document.objects[Int(place)]
    }

    /// The elements of a list.
    func list() throws(ArtifactError) -> [PickleValue] { try elements(.list, "a list") }

    /// The elements of a tuple.
    func tuple() throws(ArtifactError) -> [PickleValue] { try elements(.tuple, "a tuple") }

    private func elements(_ kind: PickleObject.Kind, _ expected: String) throws(ArtifactError) -> [PickleValue] {
        guard let object, object.kind == kind else { throw wrong(expected: expected) }
        return object.elements
    }

    /// What the record of a class was made with.
    func arguments(of type: PickleClass) throws(ArtifactError) -> [PickleValue] {
        let elements = try elements(.record(type), "an object of \(type.rawValue)")
        return try child(elements[0], "").tuple()
    }

    /// The state of a record of a class.
    func state(of type: PickleClass) throws(ArtifactError) -> PicklePlace {
        let elements = try elements(.record(type), "an object of \(type.rawValue)")
        guard elements.count == 2 else { throw malformed("its state is missing") }
        return PicklePlace(document, elements[1], name)
    }

    var type: PickleClass? {
        guard case .record(let type)? = object?.kind else { return nil }
        return type
    }

    // MARK: Dictionaries

    /// The value under a text key; nil where there is none. The last of equal keys counts, as in Python.
    func optionalField(_ key: String) throws(ArtifactError) -> PicklePlace? {
        let elements = try fields()
        for index in stride(from: elements.count - 2, through: 0, by: -2) {
            guard case .text(let stretch) = elements[index], Int(stretch.count) == key.utf8.count else { continue }
            if document.bytes[stretch.range].elementsEqual(key.utf8) { return child(elements[index + 1], key) }
        }
        return nil
    }

    /// The value under a text key.
    func field(_ key: String) throws(ArtifactError) -> PicklePlace {
        guard let field = try optionalField(key) else { throw malformed("`\(key)` is missing") }
        return field
    }

    /// A dictionary from texts to texts.
    func dictionaryOfTexts() throws(ArtifactError) -> [String: String] {
        let texts = try texts(fields())
        var dictionary: [String: String] = [:]
        for index in stride(from: 0, to: texts.count, by: 2) { dictionary[texts[index]] = texts[index + 1] }
        return dictionary
    }

    /// Texts, together not longer than the file: a pickle can name one long text many times.
    func texts(_ values: [PickleValue]) throws(ArtifactError) -> [String] {
        var texts: [String] = [], total = 0
        for (index, value) in values.enumerated() {
            let text = try child(value, "[\(index)]").text()
            total += text.utf8.count
            guard total <= document.bytes.count else { throw malformed("one text is used over and over") }
            texts.append(text)
        }
        return texts
    }

    private func fields() throws(ArtifactError) -> [PickleValue] {
        let elements = try elements(.dictionary, "a dictionary")
        guard elements.count <= 2 * Self.mostFields else {
            throw malformed("a dictionary of \(elements.count / 2) entries, at most \(Self.mostFields) are read")
        }
        return elements
    }

    // MARK: Plain values

    /// A whole number, also as a NumPy scalar.
    func int() throws(ArtifactError) -> Int {
        if case .int(let number) = value { return number }
        if type == .scalar, let number = try PickledArray(scalar: self).integers().first { return number }
        throw wrong(expected: "a whole number")
    }

    /// A number, also as a NumPy scalar.
    func double() throws(ArtifactError) -> Double {
        if case .float(let number) = value { return number }
        if case .int(let number) = value { return Double(number) }
        if type == .scalar, let number = try PickledArray(scalar: self).floats().first { return number }
        throw wrong(expected: "a number")
    }

    func text() throws(ArtifactError) -> String {
        guard case .text(let stretch) = value else { throw wrong(expected: "a text") }
        guard let text = String(validating: document.bytes[stretch.range], as: UTF8.self) else {
            throw malformed("a text is not UTF-8")
        }
        return text
    }

    /// Bytes as protocol 3 and later write them, or as a text of characters below 256, as protocol 2 does.
    func rawBytes() throws(ArtifactError) -> ArraySlice<UInt8> {
        if case .bytes(let stretch) = value { return document.bytes[stretch.range] }
        guard type == .encodeText else { throw wrong(expected: "bytes") }
        let arguments = try arguments(of: .encodeText)
        guard arguments.count == 2, try child(arguments[1], "encoding").text() == "latin1" else {
            throw wrong(expected: "bytes as latin1")
        }
        var bytes: [UInt8] = []
        for scalar in try child(arguments[0], "bytes").text().unicodeScalars {
            guard let byte = UInt8(exactly: scalar.value) else { throw wrong(expected: "bytes as latin1") }
            bytes.append(byte)
        }
        return bytes[...]
    }

    // MARK: Refusals

    func malformed(_ finding: String) -> ArtifactError {
        ArtifactError(
            .malformed, .read, document.path, at: name, finding,
            advice: "the file is damaged or written by an unknown version: fit and pickle the forest again")
    }

    func unsupported(_ finding: String, advice: String) -> ArtifactError {
        ArtifactError(.unsupported, .read, document.path, at: name, finding, advice: advice)
    }

    private func wrong(expected: String) -> ArtifactError {
        let found =
            switch value {
            case .none: "None"
            case .bool: "a truth value"
            case .int: "a whole number"
            case .float: "a number"
            case .text: "a text"
            case .bytes: "bytes"
            case .global(let type): "the class \(type.rawValue)"
            case .object:
                switch object?.kind {
                case .record(let type)?: "an object of \(type.rawValue)"
                case let kind?: "a \(kind)"
                case nil: "nothing"
                }
            }
        return malformed("\(found), expected \(expected)")
    }
}
