import Expressions
public import Failures

extension Part {
    /// Formulas over one segment, `[formula][row]`; NaN where missing.
    func values(of formulas: [Formula], over segment: Segment) -> [[Float]] {
        let rows = segments.rows[segment.positions]
        var gathered: [String: [Double]] = [:]
        for name in Set(formulas.flatMap(\.columns)) {
            guard let column = table.columns[name] else { preconditionFailure("column \(name) was not checked") }
            gathered[name] = rows.map { Double(column[Int($0)]) }
        }
        return formulas.map { formula in
            let values: [Double] = formula.evaluate(rowCount: rows.count) { gathered[$0] ?? [] }
            return values.map { let value = Float($0); return value.isFinite ? value : .nan }
        }
    }

    func requireColumns(_ columns: [String], for model: ModelKind) throws(MissingColumnsError) {
        let missing = Set(columns).filter { table.columns[$0] == nil }.sorted()
        guard missing.isEmpty else { throw MissingColumnsError(model: model, part: Role.name, columns: missing) }
    }
}

/// Data that lacks columns which a fitted model reads.
public struct MissingColumnsError: ExplainedError, Equatable {
    public let model: ModelKind
    public let part: String
    public let columns: [String]

    public var category: FailureCategory { .invalidData }

    public var description: String {
        """
        cannot compute the features of the \(model.rawValue) model over the \(part) data: it lacks the columns \
        \(columns.joined(separator: ", ")), which the model was trained with; give a file that has them
        """
    }
}
