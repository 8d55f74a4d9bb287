/// The smallest pieces of a formula, each with the byte it starts at.
struct Token: Equatable {
    enum Kind: Equatable {
        case number(Double)
        case name(String)
        /// A name in backticks: always a column, never a function.
        case quotedName(String)
        case symbol(String)
        case end
    }

    var kind: Kind
    var offset: Int

    /// As an error message quotes it.
    var shown: String {
        switch kind {
        case .number(let value): "the number \(value)"
        case .name(let name): "“\(name)”"
        case .quotedName(let name): "the column `\(name)`"
        case .symbol(let symbol): "“\(symbol)”"
        case .end: "the end"
        }
    }
}

/// Cuts a formula into tokens.
struct FormulaScanner {
    private let source: String
    private let bytes: [UInt8]
    private var position = 0

    init(_ source: String) throws(FormulaError) {
        self.source = source
        guard source.utf8.count <= Formula.maximumLength else {
            throw FormulaError(
                "the text has \(source.utf8.count) bytes; at most \(Formula.maximumLength) are accepted", in: "", atByte: 0)
        }
        bytes = Array(source.utf8)
    }

    mutating func next() throws(FormulaError) -> Token {
        while let byte = peek, [UInt8(ascii: " "), 9, 10, 13].contains(byte) { position += 1 }
        let start = position
        guard let byte = peek else { return Token(kind: .end, offset: start) }
        let kind: Token.Kind =
            if byte.isLetter {
                .name(text(while: { $0.isLetter || $0.isDigit }))
            } else if byte.isDigit || byte == UInt8(ascii: ".") {
                try number(from: start)
            } else if byte == UInt8(ascii: "`") {
                try quotedName(from: start)
            } else {
                try symbol(from: start)
            }
        return Token(kind: kind, offset: start)
    }

    private var peek: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func text(while isPart: (UInt8) -> Bool) -> String {
        let start = position
        while let byte = peek, isPart(byte) { position += 1 }
        return String(decoding: bytes[start ..< position], as: UTF8.self)
    }

    private mutating func number(from start: Int) throws(FormulaError) -> Token.Kind {
        var written = text(while: { $0.isDigit || $0 == UInt8(ascii: ".") })
        if let byte = peek, byte | 0x20 == UInt8(ascii: "e") {
            written += "e"
            position += 1
            if let sign = peek, sign == UInt8(ascii: "+") || sign == UInt8(ascii: "-") {
                written.unicodeScalars.append(Unicode.Scalar(sign))
                position += 1
            }
            written += text(while: \.isDigit)
        }
        guard let value = Double(written), value.isFinite, peek?.isLetter != true else {
            throw FormulaError("a number was expected, like 10, 0.5 or 1e6", in: source, atByte: start)
        }
        return .number(value)
    }

    private mutating func quotedName(from start: Int) throws(FormulaError) -> Token.Kind {
        position += 1
        let name = text(while: { $0 != UInt8(ascii: "`") && $0 >= 0x20 })
        guard peek == UInt8(ascii: "`"), !name.isEmpty else {
            throw FormulaError("a column name in backticks must not be empty and must be closed", in: source, atByte: start)
        }
        position += 1
        return .quotedName(name)
    }

    private mutating func symbol(from start: Int) throws(FormulaError) -> Token.Kind {
        for symbol in ["<=", ">=", "==", "!=", "<", ">", "+", "-", "*", "/", "(", ")", ","]
        where bytes[start...].starts(with: symbol.utf8) {
            position += symbol.utf8.count
            return .symbol(symbol)
        }
        throw FormulaError(
            "this character means nothing here; put foreign column names in backticks", in: source, atByte: start)
    }
}

extension UInt8 {
    /// A letter or underscore, ASCII.
    fileprivate var isLetter: Bool {
        (UInt8(ascii: "a") ... UInt8(ascii: "z")).contains(self | 0x20) || self == UInt8(ascii: "_")
    }

    fileprivate var isDigit: Bool { (UInt8(ascii: "0") ... UInt8(ascii: "9")).contains(self) }
}
