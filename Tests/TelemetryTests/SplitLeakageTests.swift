import Randomness
@testable import Telemetry
import Testing

/// Random recordings that try to carry something from one part, link or segment into another.
@Suite("No leakage", .serialized)
struct SplitLeakageTests {
    private static let seeds = Array<UInt64>(1 ... 60)

    private struct Prepared {
        var table: TelemetryTable
        var split: TemporalSplit
        var plan: FeaturePlan
    }

    /// nil for a random table whose parts would be empty.
    private func prepare(_ seed: UInt64, longestWindow: Int = 4) throws -> Prepared? {
        let table = Sample.randomTable(seed)
        guard let split = try? TemporalSplit(table, rules: Sample.rules, longestWindow: longestWindow, gapFactor: 3),
            let plan = try? FeaturePlan(Sample.selection(Sample.wideModel), fittedTo: split.train)
        else { return nil }
        return Prepared(table: table, split: split, plan: plan)
    }

    @Test("Most random tables can be split, so that these tests test something")
    func coverage() throws {
        let usable = try Self.seeds.filter { try prepare($0) != nil }
        #expect(usable.count > Self.seeds.count * 3 / 4)
    }

    private func checkWindows<Role>(_ part: Part<Role>, of assignment: PartAssignment, _ all: Prepared) throws {
        let frame = try FeatureFrame(part, plan: all.plan)
        for (length, next) in [(1, false), (5, false), (5, true), (9, true)] {
            let windows = WindowSet(frame, windowLength: length, requiresNextRow: next)
            for window in 0 ..< windows.count {
                let rows = windows.rows(ofWindow: window)
                let touched = rows.lowerBound ..< rows.upperBound + (next ? 1 : 0)
                #expect(
                    frame.segments.contains { $0.lowerBound <= touched.lowerBound && touched.upperBound <= $0.upperBound })
                #expect(Set(frame.linkOfRow[touched]).count == 1)
                #expect(touched.allSatisfy { all.split.assignments[Int(frame.sourceRows[$0])] == assignment })
                #expect(zip(touched, touched.dropFirst()).allSatisfy { frame.timestamps[$0] < frame.timestamps[$1] })
            }
        }
    }

    @Test("No window crosses a link, a gap or a part, with or without its target row", arguments: seeds)
    func windows(seed: UInt64) throws {
        guard let all = try prepare(seed) else { return }
        try checkWindows(all.split.train, of: .train, all)
        try checkWindows(all.split.validation, of: .validation, all)
        try checkWindows(all.split.test, of: .test, all)
    }

    @Test("Rows of a segment follow each other without a gap", arguments: seeds)
    func gaps(seed: UInt64) throws {
        guard let all = try prepare(seed) else { return }
        let segments = all.split.train.segments
        for link in segments.links.indices {
            let runs = segments.segments.filter { $0.link == link }.map { segments.rows[$0.positions] }
            let instants = runs.flatMap { $0 }.map { all.table.timestamps[Int($0)] }
            let steps = zip(instants.dropFirst(), instants).map { $0 - $1 }
            guard let median = Double(median: steps) else { continue }
            #expect(steps.count { Double($0) > 3 * median } == runs.count - 1)
            for run in runs {
                let instants = run.map { all.table.timestamps[Int($0)] }
                #expect(zip(instants.dropFirst(), instants).allSatisfy { Double($0 - $1) <= 3 * median })
            }
        }
    }

    @Test("No row of validation or test lies within the embargo", arguments: seeds)
    func embargo(seed: UInt64) throws {
        guard let all = try prepare(seed, longestWindow: 6) else { return }
        let boundaries = all.split.boundaries
        #expect(all.split.train.interval.upperBound < boundaries.trainEnd)
        #expect(all.split.validation.interval.lowerBound >= boundaries.trainEnd + boundaries.embargo)
        #expect(all.split.validation.interval.upperBound < boundaries.validationEnd)
        #expect(all.split.test.interval.lowerBound >= boundaries.validationEnd + boundaries.embargo)
    }

    @Test("Values outside a part change neither its features nor what is fitted on it", arguments: seeds)
    func isolation(seed: UInt64) throws {
        guard let all = try prepare(seed) else { return }
        func disturbed(except assignment: PartAssignment) -> TelemetryTable {
            var table = all.table
            for name in table.columns.keys {
                for row in 0 ..< table.rowCount where all.split.assignments[row] != assignment {
                    table.columns[name]?[row] = row.isMultiple(of: 3) ? .nan : Float(1e6) + Float(row)
                }
            }
            return table
        }
        func split(_ table: TelemetryTable) throws -> TemporalSplit {
            try TemporalSplit(table, rules: Sample.rules, longestWindow: 4, gapFactor: 3)
        }
        let train = try split(disturbed(except: .train)).train
        #expect(try FeaturePlan(Sample.selection(Sample.wideModel), fittedTo: train) == all.plan)
        let frame = try FeatureFrame(all.split.train, plan: all.plan)
        let scaler = StandardScaler(fittedTo: frame)
        #expect(try StandardScaler(fittedTo: FeatureFrame(train, plan: all.plan)) == scaler)
        #expect(try FeatureFrame(train, plan: all.plan).values.bits == frame.values.bits)
        let validation = try split(disturbed(except: .validation)).validation
        #expect(
            try FeatureFrame(validation, plan: all.plan).values.bits
                == FeatureFrame(all.split.validation, plan: all.plan).values.bits)
    }

    @Test("A part read from its own file gives bit-identical segments, features and windows", arguments: seeds)
    func ownFile(seed: UInt64) throws {
        guard let all = try prepare(seed) else { return }
        let rows = all.split.assignments.indices.filter { all.split.assignments[$0] == .test }
        let own = try Part<HeldOut>(wholeFile: all.table.keeping(rows), gapFactor: 3)
        #expect(own.interval == all.split.test.interval)
        let a = try FeatureFrame(all.split.test, plan: all.plan)
        let b = try FeatureFrame(own, plan: all.plan)
        #expect(a.values.bits == b.values.bits)
        #expect(a.segments == b.segments && a.links == b.links && a.linkOfRow == b.linkOfRow)
        #expect(a.timestamps == b.timestamps)
        #expect(a.sourceRows.map(Int.init) == b.sourceRows.map { rows[Int($0)] })
        #expect(a.column("label")?.bits == b.column("label")?.bits)
        #expect(WindowSet(a, windowLength: 3).endRows == WindowSet(b, windowLength: 3).endRows)
    }

    @Test("A row's features depend on no later row", arguments: seeds.prefix(20))
    func future(seed: UInt64) throws {
        guard let all = try prepare(seed) else { return }
        let frame = try FeatureFrame(all.split.train, plan: all.plan)
        var random = RandomStream(seed: seed).child("cut")
        let instant = frame.timestamps[random.below(frame.rowCount)]
        var table = all.table
        for name in table.columns.keys {
            for row in 0 ..< table.rowCount where table.timestamps[row] > instant { table.columns[name]?[row] = -1e6 }
        }
        let changed = try FeatureFrame(
            TemporalSplit(table, rules: Sample.rules, longestWindow: 4, gapFactor: 3).train, plan: all.plan)
        for row in 0 ..< frame.rowCount where frame.timestamps[row] <= instant {
            #expect(Array(frame.row(row)).bits == Array(changed.row(row)).bits)
        }
    }
}
