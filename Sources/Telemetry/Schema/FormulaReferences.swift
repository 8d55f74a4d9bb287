/// A column that a feature's formula reads, and how many rows back at least.
struct FormulaReference: Equatable {
    var column: String
    /// Sum of the enclosing `lag(…, k)`; 0 when the row itself is read.
    var lag: Int
}

/// Finds the columns that a formula names. It does not parse the grammar (`Expressions` does): it tells identifiers from
/// function names, and adds up the literal steps of the `lag` calls around them.
enum FormulaReferences {
    private static let longestLag = 1 << 20

    static func find(in formula: String) -> [FormulaReference] {
        var references: [FormulaReference] = []
        var calls: [(name: String, firstReference: Int)] = []
        var pendingName = ""
        var previous: [String] = ["", ""]
        for token in tokens(of: formula) {
            if token == "(" {
                if !pendingName.isEmpty { references.removeLast() }
                calls.append((pendingName, references.count))
            } else if token == ")", let call = calls.popLast(), call.name == "lag" {
                let steps = previous[0] == "," ? min(max(Int(previous[1]) ?? 0, 0), longestLag) : 0
                for index in call.firstReference..<references.count { references[index].lag += steps }
            }
            pendingName = ""
            if token.utf8.first.map(isNameStart) == true {
                references.append(FormulaReference(column: token, lag: 0))
                pendingName = token
            }
            previous = [previous[1], token]
        }
        return references
    }

    private static func tokens(of formula: String) -> [String] {
        var tokens: [String] = []
        var rest = Substring(formula).utf8
        while let first = rest.first {
            let length = isNameStart(first) || isDigit(first) || first == UInt8(ascii: ".")
                ? wordLength(rest) : 1
            let token = String(decoding: rest.prefix(length), as: UTF8.self)
            if token != " " { tokens.append(token) }
            rest = rest.dropFirst(length)
        }
        return tokens
    }

    /// A name, or a number with its exponent (`1e-3` is one word).
    private static func wordLength(_ text: Substring.UTF8View) -> Int {
        let number = !isNameStart(text[text.startIndex])
        var previous: UInt8 = 0
        var length = 0
        for byte in text {
            let sign = byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
            let exponentSign = number && sign && (previous | 0x20) == UInt8(ascii: "e")
            guard isNameStart(byte) || isDigit(byte) || byte == UInt8(ascii: ".") || exponentSign else { break }
            previous = byte
            length += 1
        }
        return length
    }

    private static func isNameStart(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20)
    }

    private static func isDigit(_ byte: UInt8) -> Bool { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte) }
}
