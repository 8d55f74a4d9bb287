public import Failures

/// A text that is not a formula.
public struct FormulaError: ExplainedError, Equatable {
    /// Where the text stops making sense: characters from its start, counted from 1.
    public let position: Int
    public let problem: String
    /// The place, with a caret below it.
    public let excerpt: String

    public var category: FailureCategory { .invalidData }

    public var description: String { "cannot read the formula: at character \(position), \(problem)\n\(excerpt)" }

    init(_ problem: String, in source: String, atByte offset: Int) {
        let before = String(decoding: source.utf8.prefix(offset), as: UTF8.self)
        position = before.count + 1
        self.problem = problem
        excerpt = Self.excerpt(of: source, character: before.count)
    }

    /// At most 30 characters on each side, control characters shown as `·`.
    private static func excerpt(of source: String, character: Int) -> String {
        let reach = 30
        let first = max(0, character - reach)
        let shown = source.dropFirst(first).prefix(2 * reach).map { $0.isNewline || $0.isControl ? "·" : $0 }
        let lead = first > 0 ? "… " : ""
        let caret = String(repeating: " ", count: lead.count + character - first) + "^"
        return "    \(lead)\(String(shown))\n    \(caret)"
    }
}

extension Character {
    fileprivate var isControl: Bool { unicodeScalars.contains { $0.properties.generalCategory == .control } }
}
