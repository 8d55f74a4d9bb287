@testable import Telemetry
import Testing

@Suite("Segments")
struct SeriesSegmentTests {
    private func segments(_ table: TelemetryTable, gapFactor: Double = 3) -> [[Int32]] {
        let segments = Segments(of: table, rows: 0 ..< Int32(table.rowCount), gapFactor: gapFactor)
        return segments.segments.map { Array(segments.rows[$0.positions]) }
    }

    @Test("Interleaved links come apart, in the order of their keys")
    func links() {
        let table = Sample.table("babab", instants: [0, 0, 1, 1, 2])
        #expect(segments(table) == [[1, 3], [0, 2, 4]])
    }

    @Test("Rows out of order are put in time order")
    func order() {
        #expect(segments(Sample.table("aaaa", instants: [2, 0, 3, 1])) == [[1, 3, 0, 2]])
    }

    @Test("A step longer than gapFactor median steps is a gap, a step of exactly that is not")
    func gaps() {
        #expect(segments(Sample.table("aaaaaa", instants: [0, 1, 2, 5, 6, 9.1])) == [[0, 1, 2, 3, 4], [5]])
        #expect(segments(Sample.table("aaaa", instants: [0, 10, 20, 51])) == [[0, 1, 2], [3]])
    }

    @Test("Each link has its own median step")
    func ownStep() {
        let table = Sample.table("aaabbb", instants: [0, 1, 61, 0, 60, 120])
        #expect(segments(table, gapFactor: 1.9) == [[0, 1], [2], [3, 4, 5]])
    }

    @Test("Of several rows at one instant of a link the first in the file stays")
    func repeated() {
        let table = Sample.table("aabaa", instants: [0, 1, 1, 1, 2])
        let segments = Segments(of: table, rows: 0 ..< 5, gapFactor: 3)
        #expect(segments.rows == [0, 1, 4, 2])
        #expect(segments.repeatedRows == [3])
    }

    @Test("Nothing, one row and instants at the ends of time are no special cases")
    func extremes() {
        #expect(segments(Sample.table("", instants: [])).isEmpty)
        #expect(segments(Sample.table("a", instants: [7])) == [[0]])
        var table = Sample.table("aaa", instants: [0, 0, 0])
        table.timestamps = [.min, 0, .max]
        #expect(segments(table) == [[0, 1, 2]])
    }
}
