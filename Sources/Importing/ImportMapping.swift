//  Importing owns how recordings of other systems become schema columns: the mapping document, reading foreign tables,
//  writing a telemetry file and its incidents. It must never import a learner, an artifact format or the judge, and it
//  never fills a column that was not measured.

public import Expressions

/// How the files of one foreign recording become a telemetry file: a YAML document, `mappings/<name>.yaml`.
public struct ImportMapping: Sendable, Equatable {
    public var name: String
    /// What a reader of the result must know: stand-ins, traps, what is left out and why. Shown by every import.
    public var notes: [String]
    public var inputs: [Input]
    public var time: TimeRule
    public var node: TextRule
    public var peer: TextRule
    /// Source columns of the same name and meaning in the schema, taken over cell by cell.
    public var copied: CopiedColumns
    /// Schema columns in the order of the result.
    public var columns: [Column]
    public var labels: LabelRule?

    /// Files of one layout.
    public struct Input: Sendable, Equatable {
        public var files: PathPattern
        /// Files that match one of these are left out.
        public var exclude: [PathPattern]
        public var format: TableFormat
        public var join: Join?
        public var beside: Beside?
        /// Rows for which this is 0 or missing are left out.
        public var keep: Formula?
    }

    /// A second table, one of whose rows goes with each row by a common key.
    public struct Join: Sendable, Equatable {
        public var file: PathPattern
        public var format: TableFormat
        /// The key's column in both tables; unique in this one.
        public var key: String
        /// The columns taken over.
        public var take: [String]
    }

    /// A parallel table for each file: row by row the same rows, for example labels.
    public struct Beside: Sendable, Equatable {
        /// Matched with the same captures as the file it stands beside.
        public var files: PathPattern
        public var format: TableFormat
    }

    public struct Column: Sendable, Equatable {
        public var name: String
        public var value: ValueRule
        /// The line of the mapping that says so.
        public var line: Int
    }

    public enum CopiedColumns: Sendable, Equatable {
        case all
        case some([String])
    }
}

/// How a delimited text is cut into named columns.
public struct TableFormat: Sendable, Equatable {
    /// One byte; a comma unless the mapping says otherwise.
    public var separator = UInt8(ascii: ",")
    /// Names of the columns of a file without a header; nil when the first record names them.
    public var columns: [String]?
    /// Cells that mean missing, besides the empty cell.
    public var missing: [String] = []
}

/// Where a row's instant comes from.
public enum TimeRule: Sendable, Equatable {
    /// A column of instants.
    case column(String, InstantFormat)
    /// Seconds since 1970.
    case seconds(Formula)
    /// Recordings without instants: rows of a series follow each other at a constant step, counted over all of its files in
    /// order (rows left out count). Microseconds.
    case steps(start: Int64, step: Int64)
}

/// How a schema column is filled.
public enum ValueRule: Sendable, Equatable {
    case number(Formula)
    case text(TextRule)
}

/// How a text is made from a row's cells.
public enum TextRule: Sendable, Equatable {
    case template(TextTemplate)
    /// By the text that `of` makes of the row. Without `otherwise`, a text that is not listed is refused; an empty one stays
    /// empty.
    case cases(of: TextTemplate, values: [String: TextTemplate], otherwise: TextTemplate?)
}

/// Where incidents come from.
public enum LabelRule: Sendable, Equatable {
    /// Successive rows of a series for which the formula is not 0 are one incident, from the first row's instant to the
    /// last's.
    case runs(Formula, type: String, severity: String?, scope: Scope)
    /// An incident file that comes with the recording, taken over as it is.
    case file(PathPattern)

    public enum Scope: String, Sendable {
        /// The incident names node and peer.
        case link
        /// The incident names the node only.
        case node
    }
}
