/// A pattern of the end of a file's path: `test/machine-{machine}.txt`.
///
/// `*` stands for any text without a slash, `{name}` for one that rows can use as a column. `.gz` at the end is optional in
/// pattern and path.
public struct PathPattern: Sendable, Equatable {
    private enum Piece: Sendable, Equatable {
        case literal(String)
        case any
        case capture(String)
    }

    /// As written.
    let text: String
    private let components: [[Piece]]
    /// Names of its captures, in order.
    let captures: [String]

    /// nil when braces do not pair up, or it has more than eight wildcards.
    init?(_ text: String) {
        var components: [[Piece]] = []
        for component in text.removingGzipSuffix.split(separator: "/") {
            guard let template = TextTemplate(String(component)) else { return nil }
            components.append(template.pieces.flatMap { piece -> [Piece] in
                switch piece {
                case .column(let name): [.capture(name)]
                case .literal(let literal): Self.pieces(ofLiteral: literal)
                }
            })
        }
        let wildcards = components.joined().filter { if case .literal = $0 { false } else { true } }
        guard !components.isEmpty, wildcards.count <= 8 else { return nil }
        self.text = text
        self.components = components
        captures = wildcards.compactMap { if case .capture(let name) = $0 { name } else { nil } }
    }

    /// The captures of a path whose last components match; nil when they do not.
    func match(_ path: String) -> [String: String]? {
        let found = path.removingGzipSuffix.split(separator: "/").suffix(components.count)
        guard found.count == components.count else { return nil }
        var captures: [String: String] = [:]
        for (component, pieces) in zip(found, components) {
            guard Self.match(component, pieces[...], &captures) else { return nil }
        }
        return captures
    }

    private static func pieces(ofLiteral literal: String) -> [Piece] {
        literal.split(separator: "*", omittingEmptySubsequences: false).enumerated().flatMap { index, part -> [Piece] in
            (index > 0 ? [.any] : []) + (part.isEmpty ? [] : [.literal(String(part))])
        }
    }

    /// Wildcards take as little as they can; a capture takes at least one character.
    private static func match(_ text: Substring, _ pieces: ArraySlice<Piece>, _ captures: inout [String: String]) -> Bool {
        guard let piece = pieces.first else { return text.isEmpty }
        let rest = pieces.dropFirst()
        if case .literal(let literal) = piece {
            return text.hasPrefix(literal) && match(text.dropFirst(literal.count), rest, &captures)
        }
        var end = text.startIndex
        while true {
            let taken = text[..<end]
            if case .capture(let name) = piece {
                if !taken.isEmpty, match(text[end...], rest, &captures) {
                    captures[name] = String(taken)
                    return true
                }
            } else if match(text[end...], rest, &captures) {
                return true
            }
            guard end < text.endIndex else { return false }
            end = text.index(after: end)
        }
    }
}

extension String {
    var removingGzipSuffix: String { hasSuffix(".gz") ? String(dropLast(3)) : self }
}
