import Failures
@testable import Telemetry
import Testing

@Suite("Temporal split")
struct SplitTests {
    private func split(
        _ table: TelemetryTable, rules: Schema.SplitRules = Sample.rules, longestWindow: Int = 0
    ) throws -> TemporalSplit {
        try TemporalSplit(table, rules: rules, longestWindow: longestWindow, gapFactor: 3)
    }

    @Test("Boundaries are shares of the time span, not of the rows")
    func shares() throws {
        // 101 rows in the first 10 of 100 seconds, then one row every 10 s.
        let instants = (0 ... 100).map { Double($0) / 10 } + stride(from: 20, through: 100, by: 10).map(Double.init)
        let table = Sample.table(String(repeating: "a", count: instants.count), instants: instants)
        let split = try split(table)
        #expect(split.boundaries.trainEnd == 70 * Sample.second)
        #expect(split.boundaries.validationEnd == 85 * Sample.second)
        #expect(split.train.interval == 0 ... 60 * Sample.second)
        #expect(split.validation.interval == 70 * Sample.second ... 80 * Sample.second)
        #expect(split.test.interval == 90 * Sample.second ... 100 * Sample.second)
    }

    @Test("The boundaries are the same instants for all series")
    func sameInstants() throws {
        let links = String(repeating: "ab", count: 101)
        let table = Sample.table(links, instants: (0 ... 100).flatMap { [Double($0), Double($0) + 0.5] })
        let split = try split(table)
        for (row, assignment) in split.assignments.enumerated() {
            #expect(assignment == split.boundaries.assignment(of: table.timestamps[row]))
        }
        #expect(split.train.segments.links.count == 2 && split.test.segments.links.count == 2)
    }

    @Test("The embargo leaves out the longest window's steps at the start of validation and test")
    func embargo() throws {
        let table = Sample.table(String(repeating: "a", count: 1001), instants: (0 ... 1000).map(Double.init))
        let split = try split(table, longestWindow: 20)
        #expect(split.boundaries.embargo == 20 * Sample.second)
        #expect(split.train.interval.upperBound == 699 * Sample.second)
        #expect(split.validation.interval == 720 * Sample.second ... 849 * Sample.second)
        #expect(split.test.interval == 870 * Sample.second ... 1000 * Sample.second)
        #expect(split.assignments.count { $0 == .embargo } == 40)
        var rules = Sample.rules
        rules.embargoSteps = 30
        #expect(try self.split(table, rules: rules, longestWindow: 20).boundaries.embargoSteps == 30)
    }

    @Test("A part without rows is refused by name")
    func empty() throws {
        let far = Sample.table("aaaa", instants: [0, 1, 2, 1000])
        #expect(throws: SplitError.emptyPart(name: "validation", rows: 4)) { try split(far) }
        let late = Sample.table("aaaa", instants: [0, 70, 86, 86.5])
        #expect(throws: SplitError.self) { try split(late, longestWindow: 10) }
        let nothing = Sample.table("", instants: [])
        #expect(throws: SplitError.emptyPart(name: "train", rows: 0)) { try split(nothing) }
        #expect(throws: SplitError.emptyPart(name: "test", rows: 0)) {
            try Part<HeldOut>(wholeFile: nothing, gapFactor: 3)
        }
        #expect(SplitError.emptyPart(name: "test", rows: 9).category == .invalidData)
    }

    @Test("Shares that are no shares, and instants that no clock shows, are refused")
    func invalid() {
        let table = Sample.table("aaa", instants: [0, 50, 100])
        for shares in [(0.7, 0.3, 0.0), (0.7, 0.2, 0.2), (-0.1, 0.6, 0.5), (Double.nan, 0.5, 0.5)] {
            var rules = Sample.rules
            (rules.train, rules.validation, rules.test) = shares
            #expect(throws: SplitError.self) { try split(table, rules: rules) }
        }
        var endless = table
        endless.timestamps = [.min, 0, .max]
        #expect(throws: SplitError.impossibleInstants(first: .min, last: .max)) { try split(endless) }
    }
}
