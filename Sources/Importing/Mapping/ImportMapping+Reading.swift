import Expressions
public import Telemetry
import Yams

extension ImportMapping {
    /// Reads a mapping document.
    /// - Parameters:
    ///   - text: the YAML document.
    ///   - path: its file, for errors.
    ///   - schema: what the mapping may fill: unknown columns, and categories that a column does not have, are refused.
    /// - Throws: `MappingError` with the line for anything misspelt, missing or impossible.
    public init(yaml text: String, path: String, schema: Schema) throws {
        guard text.utf8.count <= 1 << 20 else {
            throw MappingError(path: path, line: 0, problem: "it has more than 1 MiB; give a mapping document")
        }
        let root: Node?
        do {
            root = try Yams.compose(yaml: text)
        } catch {
            throw MappingError(path: path, line: 0, problem: "it is no YAML: \(error)")
        }
        guard let root else { throw MappingError(path: path, line: 0, problem: "it is empty") }
        var document = try MappingSection(root, path: path, called: "the document")
        name = try document.required("name")
        notes = try document.strings("notes") ?? []
        guard let inputs = document.node("inputs")?.sequence, !inputs.isEmpty else {
            throw document.failure("`inputs` must be a list with at least one entry")
        }
        self.inputs = try inputs.map { try Input(MappingSection($0, path: path, called: "an entry of `inputs`")) }
        guard let time = try document.section("time") else { throw document.failure("the key `time` is missing") }
        self.time = try TimeRule(time)
        node = try document.textRule("node_id")
        peer = try document.textRule("peer_id")
        copied = try document.copiedColumns(schema)
        columns = try document.section("columns").map { try Self.columns($0, schema) } ?? []
        labels = try document.section("labels").map { try LabelRule($0) }
        try document.finish()
    }

    private static func columns(_ section: MappingSection, _ schema: Schema) throws -> [Column] {
        try section.entries.map { entry in
            guard let definition = schema.column(entry.key) else {
                throw section.failure("the schema has no column `\(entry.key)`", at: entry.node)
            }
            guard !Schema.identityColumns.contains(entry.key) else {
                throw section.failure("`\(entry.key)` has a key of its own at the top of the document", at: entry.node)
            }
            let value: ValueRule
            if entry.node.mapping != nil {
                var rule = try MappingSection(entry.node, path: section.path, called: entry.key)
                value = .text(try rule.textRule())
            } else {
                let formula = try section.formula(entry.node, called: entry.key)
                value = .number(formula)
            }
            try section.check(value, fits: definition, at: entry.node)
            return Column(name: entry.key, value: value, line: entry.line)
        }
    }
}

extension ImportMapping.Input {
    init(_ section: MappingSection) throws {
        var section = section
        files = try section.pattern("files")
        exclude = try (section.strings("exclude") ?? []).map { text in
            guard let pattern = PathPattern(text) else { throw section.failure("`exclude`: “\(text)” is no file pattern") }
            return pattern
        }
        format = try section.format()
        join = try section.section("join").map { section in
            var section = section
            let join = ImportMapping.Join(
                file: try section.pattern("files"), format: try section.format(), key: try section.required("key"),
                take: try section.strings("take") ?? [])
            try section.finish()
            return join
        }
        beside = try section.section("beside").map { section in
            var section = section
            let beside = ImportMapping.Beside(files: try section.pattern("files"), format: try section.format())
            try section.finish()
            return beside
        }
        keep = try section.node("keep").map { try section.formula($0, called: "keep") }
        try section.finish()
    }
}

extension TimeRule {
    fileprivate init(_ section: MappingSection) throws {
        var section = section
        if let column = try section.string("column") {
            let format = try section.value("format", expected: "iso8601, epoch, or a pattern like yyyy-MM-dd HH:mm:ss") {
                InstantFormat($0)
            }
            self = .column(column, format ?? .standard)
        } else if let node = section.node("seconds") {
            self = .seconds(try section.formula(node, called: "seconds"))
        } else if let start = try section.value("start", expected: "an ISO 8601 instant", { Instant.parse($0) }) {
            let step = try section.value("step_seconds", expected: "a number of seconds above 0") { text in
                Double(text).flatMap { (1e-6 ... 1e7).contains($0) ? Int64(($0 * 1e6).rounded()) : nil }
            }
            guard let step else { throw section.failure("`start` needs `step_seconds`") }
            self = .steps(start: start, step: step)
        } else {
            throw section.failure("`time` needs `column`, `seconds`, or `start` with `step_seconds`")
        }
        try section.finish()
    }
}

extension LabelRule {
    fileprivate init(_ section: MappingSection) throws {
        var section = section
        if section.node("file") != nil {
            self = .file(try section.pattern("file"))
        } else if let node = section.node("anomalous") {
            let scope = try section.value("scope", expected: "link or node") { Scope(rawValue: $0) }
            self = .runs(
                try section.formula(node, called: "anomalous"), type: try section.required("incident_type"),
                severity: try section.string("severity"), scope: scope ?? .link)
        } else {
            throw section.failure("`labels` needs `anomalous`, a formula, or `file`, an incident file")
        }
        try section.finish()
    }
}

extension MappingSection {
    fileprivate mutating func pattern(_ key: String) throws -> PathPattern {
        guard let pattern = try value(key, expected: "the end of a path, with * or {name} for parts", { PathPattern($0) })
        else {
            throw failure("the key `\(key)` is missing")
        }
        return pattern
    }

    fileprivate mutating func format() throws -> TableFormat {
        var format = TableFormat()
        let separator = try value("separator", expected: "one character, or tab") { text -> UInt8? in
            text == "tab" ? 9 : text.utf8.count == 1 && text != "\"" && text != "\n" ? text.utf8.first : nil
        }
        if let separator { format.separator = separator }
        format.columns = try strings("columns")
        if let columns = format.columns, Set(columns).count < columns.count {
            throw failure("`columns` names one column twice")
        }
        format.missing = try strings("missing") ?? []
        return format
    }

    /// A formula of the row alone: rows of several series may follow each other in a file.
    fileprivate func formula(_ node: Node, called key: String) throws -> Formula {
        guard let scalar = node.scalar else { throw failure("`\(key)` must be a formula", at: node) }
        let formula: Formula
        do {
            formula = try Formula(parsing: scalar.string)
        } catch {
            throw failure("`\(key)`: \(error)", at: node)
        }
        guard formula.lookback == 0 else {
            throw failure("`\(key)` looks at earlier rows, which an import cannot: derive features in the schema", at: node)
        }
        return formula
    }

    /// The rule under a key: a template, or a block with `of` and `values`.
    fileprivate mutating func textRule(_ key: String) throws -> TextRule {
        guard let node = node(key) else { throw failure("the key `\(key)` is missing") }
        if node.mapping != nil {
            var section = try MappingSection(node, path: path, called: key)
            return try section.textRule()
        }
        guard let template = try value(key, expected: "a text with cells in braces, like {src}", { TextTemplate($0) }) else {
            throw failure("the key `\(key)` is missing")
        }
        return .template(template)
    }

    /// This block as a rule: `text`, or `of` with `values` and perhaps `otherwise`.
    fileprivate mutating func textRule() throws -> TextRule {
        let expected = "a text with cells in braces, like {src}"
        let rule: TextRule
        if let template = try value("text", expected: expected, { TextTemplate($0) }) {
            rule = .template(template)
        } else {
            guard let of = try value("of", expected: expected, { TextTemplate($0) }) else {
                throw failure("`text`, or `of` with `values`, was expected")
            }
            guard var values = try section("values") else { throw failure("the key `values` is missing") }
            var templates: [String: TextTemplate] = [:]
            for entry in values.entries {
                templates[entry.key] = try values.value(entry.key, expected: expected) { TextTemplate($0) }
            }
            let otherwise = try value("otherwise", expected: expected) { TextTemplate($0) }
            rule = .cases(of: of, values: templates, otherwise: otherwise)
        }
        try finish()
        return rule
    }

    fileprivate mutating func copiedColumns(_ schema: Schema) throws -> ImportMapping.CopiedColumns {
        let names = try strings("copy") ?? []
        if names == ["all"] { return .all }
        if let unknown = names.first(where: { schema.column($0) == nil || Schema.identityColumns.contains($0) }) {
            throw failure("`copy` names `\(unknown)`, which is no schema column that can be copied", at: node("copy"))
        }
        return .some(names)
    }

    fileprivate func check(_ value: ValueRule, fits column: ColumnDefinition, at node: Node) throws {
        switch (value, column.type) {
        case (.number, .float), (.number, .int64), (.text, .string): return
        case (.text(let rule), .categorical):
            if let other = rule.constants.first(where: { column.categories?.contains($0) != true }) {
                let known = (column.categories ?? []).joined(separator: ", ")
                throw failure("`\(column.name)` cannot be “\(other)”; the schema knows \(known)", at: node)
            }
        default:
            let form = column.type == .float || column.type == .int64 ? "a formula" : "`text`, or `of` with `values`"
            throw failure("`\(column.name)` is of type \(column.type.rawValue): it needs \(form)", at: node)
        }
    }
}
