/// The independent parts that rows fall into. Neighbouring rows are not independent, so intervals resample units: blocks of
/// a series, whole incidents, whole episodes.
public struct Units: Sendable, Equatable {
    /// The unit of each row, 0 ..< `count`.
    public let unitOfRow: [Int]
    /// The stratum of each unit: each stratum keeps its number of units in every resample.
    public let strata: [Int]

    public var count: Int { strata.count }

    public init(unitOfRow: [Int], strata: [Int]) {
        precondition(unitOfRow.allSatisfy { strata.indices.contains($0) }, "a row's unit does not exist")
        precondition(strata.allSatisfy { $0 >= 0 }, "strata count from 0")
        self.unitOfRow = unitOfRow
        self.strata = strata
    }

    /// Every row is a unit, for things that are independent already, such as a list of incidents.
    public static func rows(_ count: Int) -> Units {
        Units(unitOfRow: Array(0 ..< count), strata: Array(repeating: 0, count: count))
    }

    /// Blocks of consecutive rows of one series: `length` rows each, the rest joins the last block. A series shorter than
    /// `length` is one block.
    ///
    /// - Parameter series: of each row, counted from 0; the rows of a series in time order, series may be interleaved.
    public static func blocks(series: [Int], length: Int) -> Units {
        let blocks = Blocks(series: series, length: length, first: 0)
        return Units(
            unitOfRow: blocks.unitOfRow(series.indices, series: series), strata: Array(repeating: 0, count: blocks.count))
    }

    /// Incidents (or episodes) as units of the first stratum, in their order, and blocks of the other rows as the second.
    ///
    /// - Parameters:
    ///   - incidents: the rows of each incident; a row of several incidents counts to the first.
    ///   - series, length: as for `blocks`.
    public static func incidentsAndBlocks(
        _ incidents: [some Collection<Int>], series: [Int], length: Int
    ) -> Units {
        var unitOfRow = [Int](repeating: -1, count: series.count)
        for (unit, rows) in incidents.enumerated() {
            for row in rows where unitOfRow[row] < 0 { unitOfRow[row] = unit }
        }
        let normal = series.indices.filter { unitOfRow[$0] < 0 }
        let blocks = Blocks(series: normal.map { series[$0] }, length: length, first: incidents.count)
        for (row, unit) in zip(normal, blocks.unitOfRow(normal, series: series)) { unitOfRow[row] = unit }
        return Units(
            unitOfRow: unitOfRow,
            strata: Array(repeating: 0, count: incidents.count) + Array(repeating: 1, count: blocks.count))
    }

    /// How the rows of each series are cut.
    private struct Blocks {
        let length: Int
        /// By series.
        var firstUnit: [Int] = []
        var blocksOfSeries: [Int] = []
        var count: Int { blocksOfSeries.reduce(0, +) }

        init(series: [Int], length: Int, first: Int) {
            precondition(length > 0, "a block has at least one row")
            self.length = length
            var sizes = [Int](repeating: 0, count: (series.max() ?? -1) + 1)
            for number in series { sizes[number] += 1 }
            var next = first
            for size in sizes {
                firstUnit.append(next)
                blocksOfSeries.append(size == 0 ? 0 : max(1, size / length))
                next += blocksOfSeries[blocksOfSeries.count - 1]
            }
        }

        func unitOfRow(_ rows: some Collection<Int>, series: [Int]) -> [Int] {
            var seen = [Int](repeating: 0, count: firstUnit.count)
            return rows.map { row in
                let number = series[row]
                defer { seen[number] += 1 }
                return firstUnit[number] + min(seen[number] / length, blocksOfSeries[number] - 1)
            }
        }
    }
}
