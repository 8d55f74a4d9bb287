import Foundation
import ModelGraph

/// A value in a JSON document that knows where it stands, so that a wrong type is reported by its place.
struct JSONPlace {
    let value: JSONValue
    /// The document and the way to this value, for example `config.json: config.layers[3].config`.
    let place: String
    /// The file, for errors.
    let path: String

    /// The root of a document.
    /// - Parameters:
    ///   - document: what to call it in errors, for example the archive's member.
    ///   - path: the file, for errors.
    init(parsing text: Data, document: String, path: String) throws(ArtifactError) {
        let value = try JSONParser.parse(text, path: path, member: document)
        self.init(value: value, place: "\(document):", path: path)
    }

    private init(value: JSONValue, place: String, path: String) {
        self.value = value
        self.place = place
        self.path = path
    }

    func error(
        _ code: ArtifactError.Code, _ finding: String, advice: String = "save the model again with Keras 3"
    ) -> ArtifactError {
        let location = place.hasSuffix(":") ? String(place.dropLast()) : place
        return ArtifactError(code, .read, path, at: location, finding, advice: advice)
    }

    private func wrongType(_ expected: String) -> ArtifactError {
        error(.malformed, "\(shortText) stands there, \(expected) was expected")
    }

    /// The value's JSON, cut to a readable length.
    var shortText: String {
        let text = value.text
        return text.count > 400 ? "\(text.prefix(400))…" : text
    }

    // MARK: Members

    func member(_ key: String) throws(ArtifactError) -> JSONPlace {
        guard let found = try optionalMember(key) else {
            throw error(.malformed, "the key \"\(key)\" is missing")
        }
        return found
    }

    /// Nothing when the key is missing; a null is a value.
    func optionalMember(_ key: String) throws(ArtifactError) -> JSONPlace? {
        guard let value = try object()[key] else { return nil }
        return JSONPlace(value: value, place: place + (place.hasSuffix(":") ? " " : ".") + key, path: path)
    }

    func elements() throws(ArtifactError) -> [JSONPlace] {
        guard case let .array(values) = value else { throw wrongType("a list") }
        return values.enumerated().map { JSONPlace(value: $1, place: "\(place)[\($0)]", path: path) }
    }

    // MARK: Types

    var isArray: Bool { if case .array = value { true } else { false } }
    var isNull: Bool { value == .null }
    /// null or false: a setting that is not in use.
    var isOff: Bool { value == .null || value == .bool(false) }

    func object() throws(ArtifactError) -> [String: JSONValue] {
        guard case let .object(members) = value else { throw wrongType("an object") }
        return members
    }

    func string() throws(ArtifactError) -> String {
        guard case let .string(text) = value else { throw wrongType("a text") }
        return text
    }

    func bool() throws(ArtifactError) -> Bool {
        guard case let .bool(flag) = value else { throw wrongType("true or false") }
        return flag
    }

    func integer() throws(ArtifactError) -> Int {
        guard case let .integer(number) = value else { throw wrongType("a whole number") }
        return number
    }

    /// A number of units, steps or the like: 1 to `ArtifactLimits.tensorValues`.
    func extent() throws(ArtifactError) -> Int {
        let number = try integer()
        guard (1 ... ArtifactLimits.tensorValues).contains(number) else {
            throw error(.tooLarge, "\(number), but 1 to \(ArtifactLimits.tensorValues) was expected")
        }
        return number
    }

    /// A number that a float32 can hold.
    func float() throws(ArtifactError) -> Float {
        let number: Float
        switch value {
        case let .integer(integer): number = Float(integer)
        case let .number(double): number = Float(double)
        default: throw wrongType("a number")
        }
        guard number.isFinite else { throw error(.malformed, "\(shortText) is beyond float32") }
        return number
    }

    /// A number, or nested lists of numbers in row-major order.
    func flattenedFloats() throws(ArtifactError) -> [Float] {
        guard isArray else { return [try float()] }
        var floats: [Float] = []
        for element in try elements() { floats += try element.flattenedFloats() }
        return floats
    }

    /// One number, or a flat list of `count` numbers; a list of one goes for all.
    func scalarOrVector(count: Int) throws(ArtifactError) -> Tensor {
        guard isArray else { return Tensor(scalar: try float()) }
        var floats: [Float] = []
        for element in try elements() { floats.append(try element.float()) }
        if floats.count == 1 { return Tensor(scalar: floats[0]) }
        guard floats.count == count else {
            throw error(.weightsDisagree, "\(floats.count) values, but \(count) features come in")
        }
        return Tensor(floats)
    }
}
