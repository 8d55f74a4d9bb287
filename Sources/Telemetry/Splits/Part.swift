/// Which part of the data something was computed from. A type parameter, so that fitting on anything but training data does
/// not compile.
public protocol PartRole: Sendable {
    /// `train`, `validation` or `test`, as in reports and file names.
    static var name: String { get }
}

/// What weights, scalers and fill values are fitted on.
public enum Training: PartRole { public static let name = "train" }

/// What thresholds and early stopping are chosen on.
public enum Validation: PartRole { public static let name = "validation" }

/// What the written artifact is judged on, once: the test part. (`Testing` would hide the test library's module of that
/// name.)
public enum HeldOut: PartRole { public static let name = "test" }

/// The rows of a table that lie in one interval of time, cut into segments.
///
/// Segments, features and windows are computed from a part's own rows only. So they are bit-identical whether the part was
/// cut out of a longer recording or read from its own file.
public struct Part<Role: PartRole>: Sendable {
    /// The table that the part's rows are in; only `segments.rows` of it belong to the part.
    public let table: TelemetryTable
    public let segments: Segments
    /// From the part's first row to its last, microseconds since 1970.
    public let interval: ClosedRange<Int64>

    public var rowCount: Int { segments.rows.count }

    /// nil when there are no rows.
    init?(_ table: TelemetryTable, rows: [Int32], gapFactor: Double) {
        let instants = rows.lazy.map { table.timestamps[Int($0)] }
        guard let first = instants.min(), let last = instants.max() else { return nil }
        self.table = table
        interval = first ... last
        segments = Segments(of: table, rows: rows, gapFactor: gapFactor)
    }
}

extension Part where Role == HeldOut {
    /// A whole file as the test part: what `dwcp evaluate` judges on.
    /// - Throws: `SplitError.emptyPart` for a table without rows.
    public init(wholeFile table: TelemetryTable, gapFactor: Double) throws(SplitError) {
        guard let part = Part(table, rows: Array(0 ..< Int32(table.rowCount)), gapFactor: gapFactor) else {
            throw .emptyPart(name: Role.name, rows: 0)
        }
        self = part
    }
}
