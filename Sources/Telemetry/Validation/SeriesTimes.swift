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
        var sorted = true
        for row in members {
            let instant = timestamps[Int(row)]
            if instant < latest {
                sorted = false
                outOfOrder.add(
                    rows.place(row), found: "\(Instant.text(instant)) after \(Instant.text(latest)) on link \(link)")
            }
            latest = max(latest, instant)
        }
        // Row numbers break ties, so that of two rows at one instant the later one in the file is the duplicate.
        let ordered = sorted ? members : members.sorted { (timestamps[Int($0)], $0) < (timestamps[Int($1)], $1) }
        let steps = zip(ordered, ordered.dropFirst()).map { timestamps[Int($1)] - timestamps[Int($0)] }
        let positive = steps.filter { $0 > 0 }.sorted()
        let limit = positive.isEmpty ? .infinity : gapFactor * Double(positive[positive.count / 2])
        for (step, row) in zip(steps, ordered.dropFirst()) {
            if step == 0 {
                duplicates.add(rows.place(row), found: "\(Instant.text(timestamps[Int(row)])) again on link \(link)")
            } else if Double(step) > limit {
                longestGap = max(longestGap, Double(step) / 1e6)
                gaps.add(rows.place(row), found: "\(Double(step) / 1e6) s without a row on link \(link)")
            }
        }
    }
}
