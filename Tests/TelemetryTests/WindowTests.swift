@testable import Telemetry
import Testing

@Suite("Windows")
struct WindowTests {
    /// Link a: five rows, a gap, two rows; link b: three rows.
    private func frame() throws -> FeatureFrame<Training> {
        let table = Sample.table(
            "aaaaaaabbb", instants: [0, 1, 2, 3, 4, 50, 51, 0, 1, 2], x: [0, 1, 2, 3, 4, 5, 6, 7, 8, 9])
        let part = Part<Training>(table, rows: Array(0 ..< 10), gapFactor: 3)!
        let model = Sample.model([("x", "x", true), ("double", "2 * x", true)])
        return try FeatureFrame(part, plan: FeaturePlan(Sample.selection(model), fittedTo: part))
    }

    @Test("Every window that fits in a segment is there, in order")
    func all() throws {
        let windows = WindowSet(try frame(), windowLength: 3)
        #expect(windows.endRows == [2, 3, 4, 9])
        #expect(windows.rows(ofWindow: 1) == 1 ..< 4)
        #expect(Array(windows.values(ofWindow: 1)) == [1, 2, 2, 4, 3, 6])
    }

    @Test("With a target row, the segment's last window is left out")
    func nextRow() throws {
        #expect(WindowSet(try frame(), windowLength: 2, requiresNextRow: true).endRows == [1, 2, 3, 8])
        #expect(WindowSet(try frame(), windowLength: 5, requiresNextRow: true).count == 0)
    }

    @Test("A stride starts anew in each segment")
    func stride() throws {
        #expect(WindowSet(try frame(), windowLength: 2, stride: 2).endRows == [1, 3, 6, 8])
    }

    @Test("A predicate on rows keeps windows")
    func predicate() throws {
        let windows = WindowSet(try frame(), windowLength: 2) { rows in rows.allSatisfy { $0 != 3 } }
        #expect(windows.endRows == [1, 2, 6, 8, 9])
    }

    @Test("A window longer than every segment gives no windows")
    func long() throws {
        #expect(WindowSet(try frame(), windowLength: 100).count == 0)
    }
}
