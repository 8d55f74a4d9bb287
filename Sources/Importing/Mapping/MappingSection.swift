import Yams

/// One block of keys of a mapping document. Every key must be asked for; `finish` refuses those that nobody knows.
struct MappingSection {
    let path: String
    let line: Int
    private let mapping: Node.Mapping
    private var known: Set<String> = []

    init(_ node: Node, path: String, called name: String) throws {
        line = node.mark?.line ?? 0
        self.path = path
        guard let mapping = node.mapping else {
            throw MappingError(path: path, line: line, problem: "\(name) must be a block of keys and values")
        }
        self.mapping = mapping
    }

    func failure(_ problem: String, at node: Node? = nil) -> MappingError {
        MappingError(path: path, line: node?.mark?.line ?? line, problem: problem)
    }

    /// The keys as written, in order, with their lines.
    var entries: [(key: String, node: Node, line: Int)] {
        mapping.map { (key: $0.key.scalar?.string ?? "", node: $0.value, line: $0.key.mark?.line ?? line) }
    }

    mutating func node(_ key: String) -> Node? {
        known.insert(key)
        return mapping[key]
    }

    mutating func string(_ key: String) throws -> String? {
        guard let node = node(key) else { return nil }
        return try text(of: node, called: key)
    }

    mutating func required(_ key: String) throws -> String {
        guard let text = try string(key) else { throw failure("the key `\(key)` is missing") }
        return text
    }

    /// A list of texts, or one text for a list of one.
    mutating func strings(_ key: String) throws -> [String]? {
        guard let node = node(key) else { return nil }
        guard let sequence = node.sequence else { return [try text(of: node, called: key)] }
        return try sequence.map { try text(of: $0, called: key) }
    }

    mutating func section(_ key: String) throws -> MappingSection? {
        try node(key).map { try MappingSection($0, path: path, called: key) }
    }

    /// Reads a text that must have a certain form.
    mutating func value<Value>(_ key: String, expected: String, _ parse: (String) throws -> Value?) throws -> Value? {
        guard let node = node(key) else { return nil }
        let text = try text(of: node, called: key)
        do {
            if let value = try parse(text) { return value }
        } catch {
            throw failure("`\(key)`: \(error)", at: node)
        }
        throw failure("`\(key)` is “\(text)”, but \(expected) was expected", at: node)
    }

    func finish() throws {
        for entry in entries where !known.contains(entry.key) {
            let keys = known.sorted().joined(separator: ", ")
            throw MappingError(path: path, line: entry.line, problem: "unknown key `\(entry.key)`; known here: \(keys)")
        }
    }

    private func text(of node: Node, called key: String) throws -> String {
        guard let scalar = node.scalar else { throw failure("`\(key)` must be a text", at: node) }
        return scalar.string
    }
}
