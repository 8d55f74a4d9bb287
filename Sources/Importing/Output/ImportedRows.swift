import Files
import Telemetry

/// The rows of the result as they will be written, with what ordering and labelling need.
struct ImportedRows {
    private var links: [LinkKey] = []
    private(set) var droppedCount = 0
    private var indexOfLink: [LinkKey: Int] = [:]
    private var rowsSeenOfLink: [Int] = []
    private var rows: [Row] = []
    /// Lines of all rows, without instant and link.
    private var text: [UInt8] = []

    private struct Row {
        var instant: Int64
        var link: Int
        var anomalous: Bool
        var line: Range<Int>
    }

    var count: Int { rows.count }

    /// Links that have rows; one whose rows were all left out does not count.
    var linkCount: Int { Set(rows.lazy.map(\.link)).count }

    /// Counts a source row of a link, kept or not.
    /// - Returns: how many came before it.
    mutating func countRow(of link: LinkKey) -> Int {
        let index = index(of: link)
        rowsSeenOfLink[index] += 1
        return rowsSeenOfLink[index] - 1
    }

    mutating func drop() { droppedCount += 1 }

    /// Appends a row whose cells `fill` writes.
    mutating func append(
        instant: Int64, link: LinkKey, anomalous: Bool, _ fill: (inout CSVLine) throws -> Void
    ) rethrows {
        let start = text.count
        var line = CSVLine(appendingTo: text)
        text = []
        try fill(&line)
        text = line.bytes
        rows.append(Row(instant: instant, link: index(of: link), anomalous: anomalous, line: start ..< text.count))
    }

    /// By instant, then link, then source order.
    mutating func sort() {
        let rank = Self.ranks(of: links)
        let order = rows.indices.sorted { a, b in
            (rows[a].instant, rank[rows[a].link], a) < (rows[b].instant, rank[rows[b].link], b)
        }
        rows = order.map { rows[$0] }
    }

    func write(header: [String], to path: String) throws {
        let identities = links.map { link in
            var line = CSVLine(appendingTo: [])
            line.append(link.node)
            line.append(link.peer)
            return line.bytes
        }
        try AtomicFile.stream(to: path) { file in
            try file.append(header.joined(separator: ",") + "\n")
            for row in rows {
                try file.append(Instant.text(row.instant))
                try file.append(identities[row.link])
                try file.append(text[row.line])
                try file.append("\n")
            }
        }
    }

    /// A stretch of anomalous rows of one link; both ends belong to it.
    struct Run: Equatable {
        var link: LinkKey
        var start: Int64
        var end: Int64
    }

    /// Successive anomalous rows of each link, in order of their starts. The rows must be sorted.
    func runs() -> [Run] {
        var finished: [Run] = []
        var open = [Run?](repeating: nil, count: links.count)
        for row in rows {
            if row.anomalous {
                let start = open[row.link]?.start ?? row.instant
                open[row.link] = Run(link: links[row.link], start: start, end: row.instant)
            } else if let run = open[row.link] {
                finished.append(run)
                open[row.link] = nil
            }
        }
        return (finished + open.compactMap { $0 }).sorted { ($0.start, $0.link) < ($1.start, $1.link) }
    }

    private mutating func index(of link: LinkKey) -> Int {
        if let index = indexOfLink[link] { return index }
        links.append(link)
        rowsSeenOfLink.append(0)
        indexOfLink[link] = links.count - 1
        return links.count - 1
    }

    private static func ranks(of links: [LinkKey]) -> [Int] {
        var ranks = [Int](repeating: 0, count: links.count)
        for (rank, index) in links.indices.sorted(by: { links[$0] < links[$1] }).enumerated() { ranks[index] = rank }
        return ranks
    }
}

/// Cells of a CSV line behind a first one: each begins with a comma.
struct CSVLine {
    private(set) var bytes: [UInt8]

    init(appendingTo bytes: consuming [UInt8]) { self.bytes = bytes }

    /// Quoted where it has to be.
    mutating func append(_ text: String) {
        bytes.append(UInt8(ascii: ","))
        let special = text.utf8.contains { [UInt8(ascii: ","), UInt8(ascii: "\""), 10, 13].contains($0) }
        bytes += special ? Array("\"\(text.replacing("\"", with: "\"\""))\"".utf8) : Array(text.utf8)
    }

    /// The shortest decimal that reads back as the same float64; whole numbers without a point. NaN and infinities, which
    /// are no measurements, are empty.
    mutating func append(_ value: Double) {
        bytes.append(UInt8(ascii: ","))
        guard value.isFinite else { return }
        if value == value.rounded(), abs(value) < 1e15 {
            bytes += String(Int64(value)).utf8
        } else {
            bytes += value.description.utf8
        }
    }
}
