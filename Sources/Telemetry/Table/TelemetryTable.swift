/// The rows of a telemetry file that somebody asked for, column by column, in file order.
///
/// Numbers are float32 (what the models compute in), missing cells are NaN; categorical cells hold the code of the value's
/// position in the schema.
public struct TelemetryTable: Sendable {
    /// Microseconds since 1970-01-01T00:00:00Z, one per row.
    public var timestamps: [Int64]
    /// The directed link of each row: an index into `links`.
    public var linkOfRow: [Int32]
    /// Distinct links in order of first appearance.
    public var links: [LinkKey]
    /// Numeric and categorical columns by name; each as long as `timestamps`.
    public var columns: [String: [Float]]
    /// Free text columns (rarely needed), by name: codes into `texts`.
    public var textColumns: [String: TextColumn]

    public var rowCount: Int { timestamps.count }

    public init(
        timestamps: [Int64], linkOfRow: [Int32], links: [LinkKey], columns: [String: [Float]],
        textColumns: [String: TextColumn] = [:]
    ) {
        precondition(linkOfRow.count == timestamps.count && columns.values.allSatisfy { $0.count == timestamps.count })
        self.timestamps = timestamps
        self.linkOfRow = linkOfRow
        self.links = links
        self.columns = columns
        self.textColumns = textColumns
    }

    public struct TextColumn: Sendable {
        public var codes: [Int32]
        public var values: [String]

        public init(codes: [Int32], values: [String]) {
            self.codes = codes
            self.values = values
        }
    }
}

/// A directed link: the identity of a series.
public struct LinkKey: Sendable, Hashable, Comparable, Codable, CustomStringConvertible {
    public var node: String
    public var peer: String

    public init(node: String, peer: String) {
        self.node = node
        self.peer = peer
    }

    public var description: String { "\(node)→\(peer)" }

    public static func < (a: LinkKey, b: LinkKey) -> Bool { (a.node, a.peer) < (b.node, b.peer) }
}
