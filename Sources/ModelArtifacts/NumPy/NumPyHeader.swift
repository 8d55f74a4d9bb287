/// The header of a `.npy` file: a Python dictionary with the keys `descr`, `fortran_order` and `shape`.
struct NumPyHeader {
    /// The raw value is the size in bytes.
    enum Element: Int {
        case float32 = 4
        case float64 = 8
    }

    let element: Element
    let shape: [Int]
    /// Where the values begin.
    let length: Int

    private static let longest = 4096

    init(_ bytes: [UInt8], magic: [UInt8], path: String) throws(ArtifactError) {
        func failure(_ code: ArtifactError.Code, _ finding: String, advice: String = "write it again with numpy.save")
            -> ArtifactError {
            ArtifactError(code, .read, path, at: "header", finding, advice: advice)
        }
        guard bytes.starts(with: magic), bytes.count > 12, (1 ... 3).contains(bytes[6]) else {
            throw failure(.malformed, "this is no .npy file of version 1, 2 or 3")
        }
        // Version 1 states the header's length in two bytes, later versions in four.
        let lengthBytes = bytes[6] == 1 ? 2 : 4
        let start = 8 + lengthBytes
        let count = (8 ..< start).reversed().reduce(0) { $0 << 8 | Int(bytes[$1]) }
        guard count <= Self.longest, start + count <= bytes.count else {
            throw failure(.malformed, "the header claims \(count) bytes of a file of \(bytes.count)")
        }
        length = start + count
        var literal = PythonLiteral(String(decoding: bytes[start ..< length], as: UTF8.self))
        guard let fields = literal.dictionary(), fields.keys.sorted() == ["descr", "fortran_order", "shape"] else {
            throw failure(.malformed, "it is not a dictionary of descr, fortran_order and shape")
        }
        switch fields["descr"] {
        case .text("<f4"): element = .float32
        case .text("<f8"): element = .float64
        default:
            throw failure(
                .unsupported, "the values are neither float32 nor float64, little-endian",
                advice: "write array.astype(\"<f4\")")
        }
        guard fields["fortran_order"] == .flag(false) else {
            throw failure(.unsupported, "the values are in Fortran order", advice: "write numpy.ascontiguousarray(array)")
        }
        guard case let .tuple(shape)? = fields["shape"], shape.count <= 32 else {
            throw failure(.malformed, "the shape is not a tuple of at most 32 extents")
        }
        _ = try TensorShape.count(shape) { failure(.tooLarge, "the shape \(shape) is too large") }
        self.shape = shape
    }
}

/// The little of Python's syntax that a `.npy` header uses: a dictionary of texts, flags and tuples of whole numbers.
private struct PythonLiteral {
    enum Value: Equatable {
        case text(String)
        case flag(Bool)
        case tuple([Int])
    }

    private var rest: Substring

    init(_ text: String) { rest = text[...] }

    mutating func dictionary() -> [String: Value]? {
        guard take("{") else { return nil }
        var fields: [String: Value] = [:]
        while !take("}") {
            guard let key = text(), take(":"), let value = value(), fields.updateValue(value, forKey: key) == nil else {
                return nil
            }
            // The comma after the last entry is optional.
            if !take(",") {
                guard take("}") else { return nil }
                break
            }
        }
        skipSpace()
        return rest.isEmpty ? fields : nil
    }

    private mutating func skipSpace() { rest = rest.drop { $0 == " " || $0 == "\n" } }

    private mutating func take(_ symbol: String) -> Bool {
        skipSpace()
        guard rest.hasPrefix(symbol) else { return false }
        rest.removeFirst(symbol.count)
        return true
    }

    private mutating func value() -> Value? {
        if take("True") { return .flag(true) }
        if take("False") { return .flag(false) }
        if take("(") { return tuple() }
        return text().map(Value.text)
    }

    private mutating func text() -> String? {
        skipSpace()
        guard let quote = rest.first, quote == "'" || quote == "\"" else { return nil }
        rest.removeFirst()
        let content = rest.prefix { $0 != quote }
        rest = rest[content.endIndex...]
        guard !rest.isEmpty else { return nil }
        rest.removeFirst()
        return String(content)
    }

    private mutating func tuple() -> Value? {
        var numbers: [Int] = []
        while !take(")") {
            skipSpace()
            let digits = rest.prefix { $0.isASCII && $0.isNumber }
            guard let number = Int(digits) else { return nil }
            rest = rest.dropFirst(digits.count)
            numbers.append(number)
            if !take(",") { return take(")") ? .tuple(numbers) : nil }
        }
        return .tuple(numbers)
    }
}
