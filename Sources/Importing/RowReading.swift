import Expressions
import Telemetry

/// Turns the rows of one input file into rows of the result.
struct RowReading {
    private let mapping: ImportMapping
    private let keep: Formula?
    private let label: Formula?
    /// One for each column of the result; nil where this input cannot fill it.
    private let fillers: [Filler?]

    private enum Filler {
        case number(Formula)
        case text(TextRule)
        case copy(String)
    }

    /// - Throws: `ImportError` when the file lacks columns that every row needs: instant, link, what `keep` reads.
    init(_ table: SourceTable, _ input: ImportMapping.Input, _ mapping: ImportMapping, _ columns: [OutputColumn]) throws {
        self.mapping = mapping
        keep = input.keep
        try table.require(mapping.node.columns, for: "`node_id`")
        try table.require(mapping.peer.columns, for: "`peer_id`")
        try table.require(mapping.time.columns, for: "`time`")
        try table.require(keep?.columns ?? [], for: "`keep`")
        if case .runs(let formula, _, _, _) = mapping.labels, table.has(formula.columns) {
            label = formula
        } else {
            label = nil
        }
        fillers = columns.map { column in
            switch column.value {
            case nil: table.has([column.name]) ? .copy(column.name) : nil
            case .number(let formula): table.has(formula.columns) ? .number(formula) : nil
            case .text(let rule): table.has(rule.columns) ? .text(rule) : nil
            }
        }
    }

    /// Appends the rows that are kept.
    func append(_ batch: SourceRows, to rows: inout ImportedRows) throws {
        let kept = try keep.map { try batch.numbers($0).map { !$0.isNaN && $0 != 0 } }
        let labels = try label.map { try batch.numbers($0).map { !$0.isNaN && $0 != 0 } }
        var seconds: [Double] = []
        if case .seconds(let formula) = mapping.time { seconds = try batch.numbers(formula) }
        let numbers = try fillers.map { filler in
            if case .number(let formula) = filler { try batch.numbers(formula) } else { [] as [Double] }
        }
        for row in 0 ..< batch.count {
            let link = try self.link(batch, row)
            let step = rows.countRow(of: link)
            guard kept?[row] ?? true else {
                rows.drop()
                continue
            }
            let instant = try self.instant(batch, row, step: step, seconds: seconds)
            try rows.append(instant: instant, link: link, anomalous: labels?[row] ?? false) { line in
                for (column, filler) in fillers.enumerated() {
                    switch filler {
                    case .number: line.append(numbers[column][row])
                    case .text(let rule): line.append(try batch.text(row, rule))
                    case .copy(let name): line.append(batch.text(row, name))
                    case nil: line.append("")
                    }
                }
            }
        }
    }

    private func link(_ batch: SourceRows, _ row: Int) throws -> LinkKey {
        let link = LinkKey(node: try batch.text(row, mapping.node), peer: try batch.text(row, mapping.peer))
        guard !link.node.isEmpty, !link.peer.isEmpty else {
            throw batch.failure(
                "the row's \(link.node.isEmpty ? "node_id" : "peer_id") is empty; every row needs both ends", row)
        }
        return link
    }

    /// - Parameter step: how many rows of the link came before.
    private func instant(_ batch: SourceRows, _ row: Int, step: Int, seconds: [Double]) throws -> Int64 {
        switch mapping.time {
        case .column(let name, let format):
            let text = batch.text(row, name).trimmed
            guard let instant = format.parse(text) else {
                throw batch.failure(
                    "found “\(text.prefix(40))”, expected an instant as the mapping's `time` tells", row, name)
            }
            return instant
        case .seconds:
            guard (0 ..< 7_258_118_400).contains(seconds[row]) else {
                throw batch.failure("`time` gives \(seconds[row]) seconds since 1970; expected an instant before 2200", row)
            }
            return Int64((seconds[row] * 1e6).rounded())
        case .steps(let start, let length):
            return start + Int64(step) * length
        }
    }
}

extension TimeRule {
    /// The source columns it reads.
    var columns: [String] {
        switch self {
        case .column(let name, _): [name]
        case .seconds(let formula): formula.columns
        case .steps: []
        }
    }
}
