/// A JSON document whose shape is not known before it is read, such as a Keras configuration.
///
/// `Codable` cannot say where in such a document something is wrong, nor stop at a depth; hence this small type.
enum JSONValue: Equatable {
    case null
    case bool(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// A float32 as the shortest decimal number from which a reader in double precision gets the same float32 back.
    static func float(_ value: Float) -> JSONValue {
        let shortest = Double(value.description) ?? Double(value)
        // Rounding twice, to double and to float, can in rare cases end one step away.
        return .number(Float(shortest) == value ? shortest : Double(value))
    }

    /// A list of extents, or of any whole numbers.
    static func integers(_ values: [Int]) -> JSONValue { .array(values.map(JSONValue.integer)) }

    /// Compact JSON with sorted keys.
    /// - Precondition: every number is finite, which JSON demands.
    var text: String {
        var text = ""
        append(to: &text)
        return text
    }

    private func append(to text: inout String) {
        switch self {
        case .null: text += "null"
        case let .bool(value): text += value ? "true" : "false"
        case let .integer(value): text += value.description
        case let .number(value):
            precondition(value.isFinite, "JSON has no \(value)")
            text += value.description
        case let .string(value): Self.append(value, to: &text)
        case let .array(values):
            text += "["
            for (index, value) in values.enumerated() {
                if index > 0 { text += "," }
                value.append(to: &text)
            }
            text += "]"
        case let .object(members):
            text += "{"
            for (index, member) in members.sorted(by: { $0.key < $1.key }).enumerated() {
                if index > 0 { text += "," }
                Self.append(member.key, to: &text)
                text += ":"
                member.value.append(to: &text)
            }
            text += "}"
        }
    }

    private static func append(_ value: String, to text: inout String) {
        text += "\""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\"": text += "\\\""
            case "\\": text += "\\\\"
            case "\u{00}" ..< "\u{20}":
                let hexadecimal = String(scalar.value, radix: 16)
                text += "\\u" + String(repeating: "0", count: 4 - hexadecimal.count) + hexadecimal
            default: text.unicodeScalars.append(scalar)
            }
        }
        text += "\""
    }
}
