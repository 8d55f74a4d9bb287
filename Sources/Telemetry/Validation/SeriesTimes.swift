/// The time rules of series: order, instants told apart, gaps.
struct SeriesTimes {
    private(set) var outOfOrder = Occurrences()
    private(set) var duplicates = Occurrences()
    private(set) var gaps = Occurrences()
    /// The longest gap, seconds.
    private(set) var longestGap = 0.0
    private let gapFactor: Double

    /// The rows that can be placed in a series, in file order; 20 bytes each.
    struct Rows {
        /// Microseconds.
        private(set) var timestamps: [Int64] = []
        private(set) var linkOfRow: [Int32] = []
        private var places: [SIMD2<Int32>] = []

        mutating func append(_ timestamp: Int64, link: Int32, place: RowPlace) {
            timestamps.append(timestamp)
            linkOfRow.append(link)
            places.append(SIMD2(Int32(truncatingIfNeeded: place.row), Int32(truncatingIfNeeded: place.line)))
        }

        mutating func reserveCapacity(_ rows: Int) {
            timestamps.reserveCapacity(rows)
            linkOfRow.reserveCapacity(rows)
            places.reserveCapacity(rows)
        }

        func place(_ row: Int32) -> RowPlace { RowPlace(row: Int(places[Int(row)].x), line: Int(places[Int(row)].y)) }
    }

    /// - Parameter gapFactor: a step longer than this many median steps of its series is a gap.
    init(_ rows: Rows, links: [LinkKey], gapFactor: Double) {
        self.gapFactor = gapFactor
        var rowsOfLink = [[Int32]](repeating: [], count: links.count)
        for (row, link) in rows.linkOfRow.enumerated() { rowsOfLink[Int(link)].append(Int32(row)) }
        for (link, members) in zip(links, rowsOfLink) { check(members, of: rows, link) }
    }

    private mutating func check(_ members: [Int32], of rows: Rows, _ link: LinkKey) {
        let timestamps = rows.timestamps
        var latest = Int64.min
        for row in members {
            let instant = timestamps[Int(row)]
            if instant < latest {
                outOfOrder.add(
                    rows.place(row), found: "\(Instant.text(instant)) after \(Instant.text(latest)) on link \(link)")
            }
            latest = max(latest, instant)
        }
        let series = Series(rows: members, timestamps: timestamps)
        for row in series.repeatedRows {
            duplicates.add(rows.place(row), found: "\(Instant.text(timestamps[Int(row)])) again on link \(link)")
        }
        for run in series.runs(gapFactor: gapFactor).dropFirst() {
            let seconds = Double(series.steps[run.lowerBound - 1]) / 1e6
            longestGap = max(longestGap, seconds)
            gaps.add(rows.place(series.rows[run.lowerBound]), found: "\(seconds) s without a row on link \(link)")
        }
    }
}
