import Foundation

/// Reads JSON (RFC 8259) strictly: no double keys, no unpaired surrogates, no numbers beyond double precision, and
/// nesting only to `ArtifactLimits.jsonDepth`.
struct JSONParser {
    private let bytes: [UInt8]
    private let path: String
    private let member: String
    private var position = 0

    /// Parses a whole document.
    /// - Parameters:
    ///   - path: the file, for errors.
    ///   - member: the archive's member in it, for errors.
    static func parse(_ data: Data, path: String, member: String) throws(ArtifactError) -> JSONValue {
        var parser = JSONParser(bytes: [UInt8](data), path: path, member: member)
        let value = try parser.value(depth: 0)
        parser.skipSpace()
        guard parser.position == parser.bytes.count else { throw parser.failure("something follows the document's end") }
        return value
    }

    private init(bytes: [UInt8], path: String, member: String) {
        self.bytes = bytes
        self.path = path
        self.member = member
    }

    private func failure(_ finding: String) -> ArtifactError {
        ArtifactError(
            .malformed, .read, path, at: "\(member), byte \(position)", "not valid JSON: \(finding)",
            advice: "write or fetch the file again")
    }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = next, [0x20, 0x0A, 0x0D, 0x09].contains(byte) { position += 1 }
    }

    /// Steps over `byte` if it comes next.
    private mutating func take(_ byte: Unicode.Scalar) -> Bool {
        guard let found = next, UInt32(found) == byte.value else { return false }
        position += 1
        return true
    }

    private mutating func take(word: String) -> Bool {
        guard bytes[position...].starts(with: word.utf8) else { return false }
        position += word.utf8.count
        return true
    }

    private mutating func value(depth: Int) throws(ArtifactError) -> JSONValue {
        guard depth <= ArtifactLimits.jsonDepth else {
            throw failure("nested more than \(ArtifactLimits.jsonDepth) deep")
        }
        skipSpace()
        switch next {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        default: break
        }
        if take(word: "null") { return .null }
        if take(word: "true") { return .bool(true) }
        if take(word: "false") { return .bool(false) }
        return try number()
    }

    private mutating func object(depth: Int) throws(ArtifactError) -> JSONValue {
        position += 1
        var members: [String: JSONValue] = [:]
        skipSpace()
        if take("}") { return .object(members) }
        repeat {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw failure("a key in quotes was expected") }
            let key = try string()
            skipSpace()
            guard take(":") else { throw failure("\":\" was expected after the key \"\(key)\"") }
            guard members.updateValue(try value(depth: depth + 1), forKey: key) == nil else {
                throw failure("the key \"\(key)\" stands there twice")
            }
            skipSpace()
        } while take(",")
        guard take("}") else { throw failure("\",\" or \"}\" was expected") }
        return .object(members)
    }

    private mutating func array(depth: Int) throws(ArtifactError) -> JSONValue {
        position += 1
        var values: [JSONValue] = []
        skipSpace()
        if take("]") { return .array(values) }
        repeat {
            values.append(try value(depth: depth + 1))
            skipSpace()
        } while take(",")
        guard take("]") else { throw failure("\",\" or \"]\" was expected") }
        return .array(values)
    }

    private mutating func number() throws(ArtifactError) -> JSONValue {
        let start = position
        _ = take("-")
        let leadingZero = next == UInt8(ascii: "0")
        let whole = digits()
        guard whole > 0, whole == 1 || !leadingZero else { throw failure("a value was expected") }
        var isInteger = true
        if take(".") {
            isInteger = false
            guard digits() > 0 else { throw failure("digits were expected after the decimal point") }
        }
        if take("e") || take("E") {
            isInteger = false
            if !take("+") { _ = take("-") }
            guard digits() > 0 else { throw failure("digits were expected in the exponent") }
        }
        let text = String(decoding: bytes[start ..< position], as: UTF8.self)
        if isInteger, let integer = Int(text) { return .integer(integer) }
        guard let number = Double(text), number.isFinite else { throw failure("\(text.prefix(40)) is out of range") }
        return .number(number)
    }

    /// Steps over digits and counts them.
    private mutating func digits() -> Int {
        let start = position
        while let byte = next, (UInt8(ascii: "0") ... UInt8(ascii: "9")).contains(byte) { position += 1 }
        return position - start
    }
}

// MARK: - Strings

extension JSONParser {
    private mutating func string() throws(ArtifactError) -> String {
        position += 1
        var content: [UInt8] = []
        while let byte = next {
            position += 1
            switch byte {
            case UInt8(ascii: "\""):
                guard let text = String(validating: content, as: UTF8.self) else { throw failure("a text is not UTF-8") }
                return text
            case UInt8(ascii: "\\"): content.append(contentsOf: try escaped().utf8)
            case ..<0x20: throw failure("a control character in a text")
            default: content.append(byte)
            }
        }
        throw failure("a text does not end")
    }

    private mutating func escaped() throws(ArtifactError) -> String {
        guard let byte = next else { throw failure("a text does not end") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""): return "\""
        case UInt8(ascii: "\\"): return "\\"
        case UInt8(ascii: "/"): return "/"
        case UInt8(ascii: "b"): return "\u{08}"
        case UInt8(ascii: "f"): return "\u{0C}"
        case UInt8(ascii: "n"): return "\n"
        case UInt8(ascii: "r"): return "\r"
        case UInt8(ascii: "t"): return "\t"
        case UInt8(ascii: "u"): return try escapedScalar()
        default: throw failure("an unknown escape in a text")
        }
    }

    /// Four hexadecimal digits, and the second half of a surrogate pair where they are the first.
    private mutating func escapedScalar() throws(ArtifactError) -> String {
        var units = [try codeUnit()]
        if UTF16.isLeadSurrogate(units[0]) {
            guard take("\\"), take("u") else { throw failure("half a surrogate pair in a text") }
            units.append(try codeUnit())
        }
        guard let text = String(validating: units, as: UTF16.self) else { throw failure("half a surrogate pair in a text") }
        return text
    }

    private mutating func codeUnit() throws(ArtifactError) -> UInt16 {
        let digits = bytes[position...].prefix(4)
        guard digits.count == 4, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
            let unit = UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
        else { throw failure("four hexadecimal digits were expected after \\u") }
        position += 4
        return unit
    }
}
