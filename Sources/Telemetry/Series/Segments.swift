/// A maximal run of rows of one directed link in time order: strictly increasing instants and no gap.
///
/// Everything that looks at more than one row (windows, lags, rolling statistics) stays inside one segment.
public struct Segment: Sendable, Equatable {
    /// The segment's link: an index into `Segments.links`.
    public let link: Int
    /// Its rows: positions in `Segments.rows`.
    public let positions: Range<Int>
}

/// The segments of a set of table rows, link after link in the order of their keys, each link in time order.
///
/// They depend on nothing but the given rows: not on the order in which links appear in the file, and not on rows outside
/// the set. The same rows in a file of their own give the same segments.
public struct Segments: Sendable {
    /// Rows of the table, segment after segment.
    public let rows: [Int32]
    public let segments: [Segment]
    /// The links that have rows, sorted.
    public let links: [LinkKey]
    /// Rows left out because an earlier row of the file has the same link and instant.
    public let repeatedRows: [Int32]

    /// Cuts rows into segments.
    /// - Parameters:
    ///   - rows: rows of `table` in file order.
    ///   - gapFactor: a step longer than this many times the link's median step, among the given rows, is a gap.
    public init(of table: TelemetryTable, rows: some Sequence<Int32>, gapFactor: Double) {
        let rowsOfLink = table.rowsOfLink(among: rows)
        let order = rowsOfLink.indices.filter { !rowsOfLink[$0].isEmpty }.sorted { table.links[$0] < table.links[$1] }
        links = order.map { table.links[$0] }

        var ordered: [Int32] = []
        var segments: [Segment] = []
        var repeated: [Int32] = []
        for (link, tableLink) in order.enumerated() {
            let series = Series(rows: rowsOfLink[tableLink], timestamps: table.timestamps)
            repeated += series.repeatedRows
            for run in series.runs(gapFactor: gapFactor) {
                segments.append(Segment(link: link, positions: ordered.count ..< ordered.count + run.count))
                ordered += series.rows[run]
            }
        }
        self.rows = ordered
        self.segments = segments
        repeatedRows = repeated.sorted()
    }
}

/// The rows of one directed link in time order, one row an instant.
struct Series {
    let rows: [Int32]
    let repeatedRows: [Int32]
    /// Microseconds from each row to the next; one fewer than rows, all positive.
    let steps: [Int64]

    /// - Parameter rows: the link's rows in file order; of several at one instant the first stays.
    init(rows: [Int32], timestamps: [Int64]) {
        let sorted = rows.sorted { (timestamps[Int($0)], $0) < (timestamps[Int($1)], $1) }
        var kept: [Int32] = []
        var repeated: [Int32] = []
        for row in sorted {
            if let last = kept.last, timestamps[Int(last)] == timestamps[Int(row)] {
                repeated.append(row)
            } else {
                kept.append(row)
            }
        }
        self.rows = kept
        repeatedRows = repeated
        steps = zip(kept.dropFirst(), kept).map { timestamps[Int($0)].saturatingDistance(from: timestamps[Int($1)]) }
    }

    /// Index ranges of `rows` without a gap inside, in order.
    func runs(gapFactor: Double) -> [Range<Int>] {
        guard !rows.isEmpty else { return [] }
        let longestStep = gapFactor * (Double(median: steps) ?? 0)
        let starts = [0] + steps.indices.filter { Double(steps[$0]) > longestStep }.map { $0 + 1 }
        return zip(starts, starts.dropFirst() + [rows.count]).map { $0 ..< $1 }
    }
}

extension TelemetryTable {
    /// The given rows by link, in the order given; indexed like `links`.
    func rowsOfLink(among rows: some Sequence<Int32>) -> [[Int32]] {
        var result = [[Int32]](repeating: [], count: links.count)
        for row in rows { result[Int(linkOfRow[Int(row)])].append(row) }
        return result
    }
}

extension Int64 {
    /// How far a later instant lies after an earlier one; instants that no clock shows do not overflow.
    func saturatingDistance(from earlier: Int64) -> Int64 {
        let (distance, overflow) = subtractingReportingOverflow(earlier)
        return overflow ? .max : distance
    }
}

extension Double {
    /// The median; the mean of the middle two for an even count, nil for none.
    init?(median values: [some BinaryInteger]) {
        guard !values.isEmpty else { return nil }
        let sorted = values.sorted()
        let middle = sorted.count / 2
        self =
            sorted.count.isMultiple(of: 2)
            ? (Double(sorted[middle - 1]) + Double(sorted[middle])) / 2 : Double(sorted[middle])
    }
}
