public import Failures

/// A recording cut in time: the same instants for all series, an embargo at the start of the validation and test parts.
///
///     |------ train ------|embargo|-- validation --|embargo|-- test --|
///
/// The boundaries are shares of the time span. The embargo keeps the neighbourhood of one part out of the next, so that no
/// window of a later part nearly repeats one of an earlier.
public struct TemporalSplit: Sendable {
    public let train: Part<Training>
    public let validation: Part<Validation>
    public let test: Part<HeldOut>
    public let boundaries: SplitBoundaries
    /// The part of every row of the table.
    public let assignments: [PartAssignment]

    /// - Parameters:
    ///   - longestWindow: steps of the longest window of any model; the embargo is at least as long.
    ///   - gapFactor: see `Segments`.
    /// - Throws: `SplitError` for shares that are not shares, and when a part would have no row.
    public init(
        _ table: TelemetryTable, rules: Schema.SplitRules, longestWindow: Int, gapFactor: Double
    ) throws(SplitError) {
        let boundaries = try SplitBoundaries(table, rules: rules, embargoSteps: max(rules.embargoSteps, longestWindow))
        let assignments = table.timestamps.map(boundaries.assignment)
        func part<Role>(_ role: Role.Type, _ assignment: PartAssignment) throws(SplitError) -> Part<Role> {
            let rows = assignments.indices.lazy.filter { assignments[$0] == assignment }.map(Int32.init)
            guard let part = Part<Role>(table, rows: Array(rows), gapFactor: gapFactor) else {
                throw .emptyPart(name: Role.name, rows: table.rowCount)
            }
            return part
        }
        train = try part(Training.self, .train)
        validation = try part(Validation.self, .validation)
        test = try part(HeldOut.self, .test)
        self.boundaries = boundaries
        self.assignments = assignments
    }
}

/// Where a row went.
public enum PartAssignment: UInt8, Sendable {
    case train, validation, test
    /// Left out between two parts.
    case embargo
}

/// The instants of a temporal split, microseconds since 1970.
public struct SplitBoundaries: Sendable, Codable, Equatable {
    /// First instant of the recording.
    public let start: Int64
    /// First instant after the train part.
    public let trainEnd: Int64
    /// First instant after the validation part.
    public let validationEnd: Int64
    /// Last instant of the recording.
    public let end: Int64
    public let embargoSteps: Int
    /// Microseconds of `embargoSteps` median steps; the median is over the steps of all series together.
    public let embargo: Int64

    init(_ table: TelemetryTable, rules: Schema.SplitRules, embargoSteps: Int) throws(SplitError) {
        let shares = [rules.train, rules.validation, rules.test]
        guard shares.allSatisfy({ $0 > 0 && $0 < 1 }), abs(shares.reduce(0, +) - 1) < 1e-9, embargoSteps >= 0 else {
            throw .invalidRules(rules, embargoSteps: embargoSteps)
        }
        guard let start = table.timestamps.min(), let end = table.timestamps.max() else {
            throw .emptyPart(name: Training.name, rows: 0)
        }
        let step = Self.medianStep(of: table)
        let span = Double(end.saturatingDistance(from: start))
        guard span < 0x1p62, let embargo = Int64(exactly: (Double(embargoSteps) * step).rounded(.up)) else {
            throw .impossibleInstants(first: start, last: end)
        }
        self.start = start
        self.end = end
        self.embargoSteps = embargoSteps
        self.embargo = embargo
        trainEnd = start + Int64((span * rules.train).rounded())
        validationEnd = start + Int64((span * (rules.train + rules.validation)).rounded())
    }

    /// The part of a row at an instant.
    public func assignment(of instant: Int64) -> PartAssignment {
        if instant < trainEnd { return .train }
        if instant < validationEnd { return instant - trainEnd < embargo ? .embargo : .validation }
        return instant - validationEnd < embargo ? .embargo : .test
    }

    /// Microseconds; 0 when no link has two rows.
    private static func medianStep(of table: TelemetryTable) -> Double {
        let steps = table.rowsOfLink(among: 0 ..< Int32(table.rowCount)).flatMap {
            Series(rows: $0, timestamps: table.timestamps).steps
        }
        return Double(median: steps) ?? 0
    }
}

/// A recording that cannot be split.
public enum SplitError: ExplainedError, Equatable {
    case emptyPart(name: String, rows: Int)
    case invalidRules(Schema.SplitRules, embargoSteps: Int)
    case impossibleInstants(first: Int64, last: Int64)

    public var category: FailureCategory { .invalidData }

    public var description: String {
        switch self {
        case .emptyPart(let name, 0):
            "cannot make the \(name) part: the file has no rows; give a recording that has some"
        case .emptyPart(let name, let rows):
            """
            cannot split the recording in time: the \(name) part would be empty, although the file has \(rows) rows. A part \
            is a share of the time span less an embargo of some steps; record for longer, or look for a single row far from \
            all others in time
            """
        case .invalidRules(let rules, let embargoSteps):
            """
            cannot split the recording: the schema's split shares are train \(rules.train), validation \(rules.validation), \
            test \(rules.test) with an embargo of \(embargoSteps) steps; the shares must be above 0 and add up to 1, the \
            embargo must not be negative
            """
        case .impossibleInstants(let first, let last):
            """
            cannot split the recording: its timestamps run from \(first) to \(last) microseconds since 1970, which is no \
            recording's length; correct the timestamp column
            """
        }
    }
}
