/// The compression level that would have been best for each block, from what each level would have cost.
///
/// A level's time is `compress time + compressed size / available rate`. The costs come from the columns that measured them
/// (`ratio_l0…9`, `compress_us_l0…9`); without them from the codec profile and the block's achieved ratio; with neither the
/// recorded `optimal_compression` is the label and no level's time is known.
public struct CompressionOracle: Sendable {
    public static let levelCount = 10

    public enum Source: String, Sendable, Codable {
        case measured = "measured columns ratio_l0..9 and compress_us_l0..9"
        case codecProfile = "codec profile"
        case recordedLevel = "column optimal_compression"
    }

    public let source: Source
    /// Milliseconds for each table row and level, `[row, level]`; meaningless where the row has no label, empty for recorded
    /// levels.
    public let milliseconds: [Float]
    /// The best level of each table row, −1 where the row has no label.
    public let bestLevels: [Int32]
    /// Bytes on the wire for each row and level, likewise.
    public let wireBytes: [Float]
    /// The columns of the row that decide its label.
    public let columns: [String]

    /// The columns that any of the sources reads.
    public static let columnsOfInterest: [String] =
        ratioColumns + timeColumns + blockBytes + rates + [achievedRatio, recordedLevel]

    private static let ratioColumns = (0 ..< levelCount).map { "ratio_l\($0)" }
    private static let timeColumns = (0 ..< levelCount).map { "compress_us_l\($0)" }
    /// In order of preference: the size of the block that was measured, else what the sender read in the row.
    private static let blockBytes = ["sample_bytes", "payload_bytes", "bytes_tx"]
    /// The rate that the block had to itself; without it, the rate that was achieved.
    private static let rates = ["available_rate_mbps", "throughput_mbps"]
    private static let achievedRatio = "hde_compression_ratio"
    private static let recordedLevel = "optimal_compression"

    /// - Returns: `nil` when the table has none of the three sources.
    public init?(table: TelemetryTable, profile: CodecProfile?) {
        let bytes = Self.blockBytes.first { table.columns[$0] != nil }
        let rate = Self.rates.first { table.columns[$0] != nil }
        let measured = (Self.ratioColumns + Self.timeColumns).allSatisfy { table.columns[$0] != nil }
        if measured, let bytes, let rate {
            self.init(measured: table, bytes: bytes, rate: rate)
        } else if table.columns[Self.recordedLevel] != nil, profile == nil || bytes == nil || rate == nil
            || table.columns[Self.achievedRatio] == nil
        {
            self.init(recorded: table)
        } else if let profile, let bytes, let rate, table.columns[Self.achievedRatio] != nil {
            self.init(profiled: table, profile: profile, bytes: bytes, rate: rate)
        } else {
            return nil
        }
    }

    /// Whether a level's time in a table row is within `band` (0.01 = 1 %) of the row's best; where no time is known, whether it
    /// is the best. Never for a row without a label.
    public func isRight(_ level: Int, row: Int, band: Double) -> Bool {
        let best = Int(bestLevels[row])
        guard best >= 0 else { return false }
        guard !milliseconds.isEmpty else { return level == best }
        let start = row * Self.levelCount
        return Double(milliseconds[start + level]) <= Double(milliseconds[start + best]) * (1 + band)
    }

    /// Which levels are right in a table row, by level.
    public func rightLevels(row: Int, band: Double) -> [Bool] {
        (0 ..< Self.levelCount).map { isRight($0, row: row, band: band) }
    }

    private init(measured table: TelemetryTable, bytes: String, rate: String) {
        let ratios = Self.ratioColumns.map { table.columns[$0] ?? [] }
        let times = Self.timeColumns.map { table.columns[$0] ?? [] }
        self.init(
            source: .measured, table: table, bytes: bytes, rate: rate,
            columns: Self.ratioColumns + Self.timeColumns + [bytes, rate],
            ratio: { row, level, _ in ratios[level][row] }, microseconds: { row, level, _ in times[level][row] })
    }

    private init(profiled table: TelemetryTable, profile: CodecProfile, bytes: String, rate: String) {
        let base = table.columns[Self.achievedRatio] ?? []
        // Speeds and ratios do not depend on the block's size, so it scales all times alike and decides nothing.
        self.init(
            source: .codecProfile, table: table, bytes: bytes, rate: rate, columns: [Self.achievedRatio, rate],
            ratio: { row, level, _ in Float(profile.ratio(level: level, baseRatio: Double(base[row]))) },
            microseconds: { _, level, size in Float(profile.compressMicroseconds(level: level, bytes: Double(size))) })
    }

    private init(recorded table: TelemetryTable) {
        source = .recordedLevel
        columns = [Self.recordedLevel]
        milliseconds = []
        wireBytes = []
        bestLevels = (table.columns[Self.recordedLevel] ?? []).map { level in
            level >= 0 && level < Float(Self.levelCount) ? Int32(level) : -1
        }
    }

    private init(
        source: Source, table: TelemetryTable, bytes: String, rate: String, columns: [String],
        ratio: (_ row: Int, _ level: Int, _ bytes: Float) -> Float,
        microseconds: (_ row: Int, _ level: Int, _ bytes: Float) -> Float
    ) {
        let count = table.rowCount, sizes = table.columns[bytes] ?? [], rates = table.columns[rate] ?? []
        var times = [Float](repeating: .nan, count: count * Self.levelCount)
        var sent = times
        var best = [Int32](repeating: -1, count: count)
        for row in 0 ..< count where sizes[row] > 0 && rates[row] > 0 {
            let bytesPerMillisecond = rates[row] * 125
            var fastest = Float.infinity, choice: Int32 = -1, complete = true
            for level in 0 ..< Self.levelCount {
                let wire = sizes[row] / ratio(row, level, sizes[row])
                let time = microseconds(row, level, sizes[row]) / 1000 + wire / bytesPerMillisecond
                sent[row * Self.levelCount + level] = wire
                times[row * Self.levelCount + level] = time
                complete = complete && time.isFinite && wire > 0
                if time < fastest { (fastest, choice) = (time, Int32(level)) }
            }
            best[row] = complete ? choice : -1
        }
        self.source = source
        self.columns = columns
        milliseconds = times
        wireBytes = sent
        bestLevels = best
    }
}
