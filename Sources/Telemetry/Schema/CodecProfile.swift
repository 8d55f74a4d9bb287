/// What compressing costs and saves where no level was measured: per level a ratio curve and a speed.
///
/// Read from `schemas/codec_profile.json`. The base ratio of a block is its ratio at `referenceLevel`.
public struct CodecProfile: Sendable, Decodable, Equatable {
    /// What each field means, by name; kept with the numbers, not used in computing.
    public var documentation: [String: String]
    /// What was measured, and where.
    public var codec: String
    public var referenceLevel: Int
    /// Ascending, 0 to 9.
    public var levels: [Level]

    public struct Level: Sendable, Decodable, Equatable {
        /// 0 (stored) to 9.
        public var level: Int
        /// Uncompressed bytes over CPU time; 1 MB = 1,000,000 bytes, so also bytes per microsecond.
        public var megabytesPerSecond: Double
        /// Pairs [base ratio, ratio at this level], ascending from base ratio 1.
        public var curve: [[Double]]

        enum CodingKeys: String, CodingKey {
            case level, curve
            case megabytesPerSecond = "megabytes_per_second"
        }
    }

    enum CodingKeys: String, CodingKey {
        case documentation, codec, levels
        case referenceLevel = "reference_level"
    }

    public static let levelCount = 10

    /// Reads and checks a profile.
    /// - Throws: `InputFileError` when the file cannot be read; `SchemaError` with every problem found.
    public static func load(_ path: String) throws -> CodecProfile {
        let profile = try StrictDocument.load(CodecProfile.self, path: path)
        let problems = profile.consistencyProblems()
        guard problems.isEmpty else { throw SchemaError(path: path, problems: problems) }
        return profile
    }

    /// Uncompressed over compressed bytes at a level, of a block whose ratio at `referenceLevel` is `baseRatio`; straight
    /// lines between the curve's points, the last one continued. NaN in, NaN out.
    /// - Precondition: `level` is 0 to 9.
    public func ratio(level: Int, baseRatio: Double) -> Double {
        let curve = levels[level].curve
        let base = baseRatio < 1 ? 1 : baseRatio
        let right = curve.dropFirst().firstIndex { $0[0] >= base } ?? curve.count - 1
        let (low, high) = (curve[right - 1], curve[right])
        return low[1] + (base - low[0]) / (high[0] - low[0]) * (high[1] - low[1])
    }

    /// CPU time of compressing a block of `bytes` uncompressed bytes at a level, microseconds.
    /// - Precondition: `level` is 0 to 9.
    public func compressMicroseconds(level: Int, bytes: Double) -> Double {
        bytes / levels[level].megabytesPerSecond
    }

    private func consistencyProblems() -> [String] {
        var problems: [String] = []
        if levels.map(\.level) != Array(0..<Self.levelCount) {
            problems.append("levels: \(levels.map(\.level)), expected 0 to 9, each once and in order")
        }
        if !(0..<Self.levelCount).contains(referenceLevel) {
            problems.append("reference_level \(referenceLevel) is not 0 to 9")
        }
        for level in levels {
            let place = "level \(level.level)"
            if !(level.megabytesPerSecond > 0) { problems.append("\(place): megabytes_per_second must be above 0") }
            guard level.curve.count >= 2, level.curve.allSatisfy({ $0.count == 2 }) else {
                problems.append("\(place): its curve needs two or more pairs [base ratio, ratio]")
                continue
            }
            if level.curve[0][0] != 1 { problems.append("\(place): its curve must start at base ratio 1") }
            if !zip(level.curve, level.curve.dropFirst()).allSatisfy({ $0[0] < $1[0] }) {
                problems.append("\(place): the base ratios of its curve do not ascend")
            }
            if !zip(level.curve, level.curve.dropFirst()).allSatisfy({ 0 < $0[1] && $0[1] <= $1[1] }) {
                problems.append("\(place): the ratios of its curve must be above 0 and not fall")
            }
        }
        return problems
    }
}
