/// A text with places for cells: `{src} via {via}`.
public struct TextTemplate: Sendable, Equatable {
    enum Piece: Sendable, Equatable {
        case literal(String)
        case column(String)
    }

    let pieces: [Piece]

    /// nil when braces do not pair up or enclose nothing.
    init?(_ text: String) {
        var pieces: [Piece] = []
        var rest = text[...]
        while let open = rest.firstIndex(where: { $0 == "{" || $0 == "}" }) {
            guard rest[open] == "{", let close = rest[open...].firstIndex(of: "}") else { return nil }
            let name = rest[rest.index(after: open) ..< close]
            guard !name.isEmpty, !name.contains("{") else { return nil }
            if open > rest.startIndex { pieces.append(.literal(String(rest[..<open]))) }
            pieces.append(.column(String(name)))
            rest = rest[rest.index(after: close)...]
        }
        if !rest.isEmpty { pieces.append(.literal(String(rest))) }
        self.pieces = pieces
    }

    /// The columns it reads.
    var columns: [String] {
        pieces.compactMap { piece in if case .column(let name) = piece { name } else { nil } }
    }

    /// The text when it reads no column.
    var constant: String? { columns.isEmpty ? text { _ in "" } : nil }

    /// The text of a row, whose cells `cell` gives by column name.
    func text(_ cell: (String) -> String) -> String {
        pieces.map { piece in
            switch piece {
            case .literal(let text): text
            case .column(let name): cell(name)
            }
        }.joined()
    }
}

extension TextRule {
    /// The columns it reads.
    var columns: [String] {
        switch self {
        case .template(let template): template.columns
        case .cases(let of, let values, let otherwise):
            of.columns + values.keys.sorted().flatMap { values[$0]?.columns ?? [] } + (otherwise?.columns ?? [])
        }
    }

    /// The texts it may make that do not depend on a row.
    var constants: [String] {
        switch self {
        case .template(let template): template.constant.map { [$0] } ?? []
        case .cases(_, let values, let otherwise):
            values.keys.sorted().compactMap { values[$0]?.constant } + [otherwise?.constant].compactMap { $0 }
        }
    }
}
