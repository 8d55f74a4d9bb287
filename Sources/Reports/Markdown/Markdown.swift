/// A Markdown document (GitHub's dialect), built block by block.
public struct Markdown: Sendable {
    private var blocks: [String] = []

    public init() {}

    /// The document's text: blocks separated by an empty line, one line break at the end.
    public var text: String { blocks.joined(separator: "\n\n") + "\n" }

    /// Length in bytes as written.
    public var size: Int { text.utf8.count }

    public mutating func heading(_ text: String, level: Int = 1) {
        blocks.append(String(repeating: "#", count: level) + " " + Self.escaped(text))
    }

    /// A paragraph; `text` may hold Markdown, escape foreign parts with `escaped`.
    public mutating func paragraph(_ text: String) { blocks.append(text) }

    /// One item a line. No items, no block.
    public mutating func list(_ items: [String]) {
        if !items.isEmpty { blocks.append(items.map { "- \($0)" }.joined(separator: "\n")) }
    }

    /// A table; cells may hold Markdown, line breaks and bars in them are made safe.
    /// - Parameter numeric: indices of right-aligned columns.
    public mutating func table(_ header: [String], _ rows: [[String]], numeric: Set<Int> = []) {
        func line(_ cells: [String]) -> String { "| " + cells.map(Self.cell).joined(separator: " | ") + " |" }
        let rule = header.indices.map { numeric.contains($0) ? "---:" : "---" }
        blocks.append(([line(header), line(rule)] + rows.map(line)).joined(separator: "\n"))
    }

    /// A picture beside or below the document.
    public mutating func image(_ description: String, path: String) {
        blocks.append("![\(Self.escaped(description))](\(path))")
    }

    public mutating func code(_ text: String, language: String = "") {
        blocks.append("```\(language)\n\(text)\n```")
    }

    /// Blocks that open on a click.
    public mutating func details(_ summary: String, _ content: (inout Markdown) -> Void) {
        var inner = Markdown()
        content(&inner)
        guard !inner.blocks.isEmpty else { return }
        let title = Self.escapedForHTML(summary)
        blocks.append("<details><summary>\(title)</summary>\n\n\(inner.blocks.joined(separator: "\n\n"))\n\n</details>")
    }

    /// Foreign text (a file name, a node's name) that must not act as markup.
    public static func escaped(_ text: String) -> String {
        var result = ""
        for character in escapedForHTML(text) {
            if "\\`*_[]|#~".contains(character) { result.append("\\") }
            result.append(character.isNewline ? " " : character)
        }
        return result
    }

    private static func escapedForHTML(_ text: String) -> String {
        var result = ""
        for character in text {
            switch character {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            default: result.append(character)
            }
        }
        return result
    }

    /// A cell on one line; bars that are not escaped yet would end it.
    private static func cell(_ text: String) -> String {
        var result = ""
        var previous: Character?
        for character in text {
            if character == "|", previous != "\\" { result.append("\\") }
            result.append(character.isNewline ? " " : character)
            previous = character
        }
        return result
    }
}
