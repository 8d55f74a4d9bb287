import Foundation
public import Randomness
public import Telemetry

/// Small recordings with known answers, built in memory: links of which every step has a row a second, interleaved as in a file.
public struct ToyRecording: Sendable {
    public var links: [LinkKey]
    public var steps: Int
    /// By name, `[step × links + link]`.
    public var columns: [String: [Float]] = [:]

    /// Two pairs of nodes, each linked in both directions.
    public static let fourLinks = [
        LinkKey(node: "a", peer: "b"), LinkKey(node: "b", peer: "a"), LinkKey(node: "c", peer: "d"), LinkKey(node: "d", peer: "c"),
    ]

    public init(links: [LinkKey] = fourLinks, steps: Int) {
        self.links = links
        self.steps = steps
    }

    /// Sets a column cell by cell, in file order.
    public mutating func set(_ name: String, _ value: (_ link: Int, _ step: Int) -> Float) {
        columns[name] = (0 ..< steps * links.count).map { value($0 % links.count, $0 / links.count) }
    }

    public var table: TelemetryTable {
        let rows = 0 ..< steps * links.count
        return TelemetryTable(
            timestamps: rows.map { Int64($0 / links.count) * 1_000_000 }, linkOfRow: rows.map { Int32($0 % links.count) },
            links: links, columns: columns)
    }

    /// The columns in an order of rows that a stream draws: what they say about each other stays, what they say about others
    /// is lost.
    public mutating func shuffle(_ names: [String], stream: RandomStream) {
        var stream = stream
        var order = Array(0 ..< steps * links.count)
        stream.shuffle(&order)
        for name in names { columns[name] = columns[name].map { column in order.map { column[$0] } } }
    }
}

extension TelemetryTable {
    /// The given rows as a file of their own would be read: same order, links numbered by first appearance.
    public func asFile(of rows: [Int]) -> TelemetryTable {
        var links: [LinkKey] = []
        let linkOfRow = rows.map { row in
            let key = self.links[Int(self.linkOfRow[row])]
            if !links.contains(key) { links.append(key) }
            return Int32(links.firstIndex(of: key) ?? 0)
        }
        return TelemetryTable(
            timestamps: rows.map { timestamps[$0] }, linkOfRow: linkOfRow, links: links,
            columns: columns.mapValues { column in rows.map { column[$0] } })
    }
}

extension Fixture {
    /// The schema that the program ships with.
    public static func schema() throws -> Schema { try loadedSchema.get() }

    private static let loadedSchema = Result {
        try Schema.load(repository.appendingPathComponent("schemas/dwcp_training_schema.json").path)
    }
}
