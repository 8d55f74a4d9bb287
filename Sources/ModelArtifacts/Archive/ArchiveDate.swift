import Foundation

/// The only date that an artifact carries: a constant, or SOURCE_DATE_EPOCH, never the clock.
struct ArchiveDate: Equatable {
    /// Seconds since 1970, UTC, from 1980 to the end of 2107 (what a zip archive can hold).
    let seconds: Int

    /// The earliest date of a zip archive, 1980-01-01 00:00:00.
    static let constant = ArchiveDate(seconds: 315_532_800)
    private static let last = 4_354_819_199

    private init(seconds: Int) { self.seconds = seconds }

    /// The date that reproducible builds ask for (reproducible-builds.org/specs/source-date-epoch), else the constant.
    /// - Throws: `ArtifactError` when SOURCE_DATE_EPOCH is set but is no whole number. Dates before 1980 or after 2107
    ///   become the nearest that an archive can hold.
    init(environment: [String: String], writing path: String) throws(ArtifactError) {
        guard let text = environment["SOURCE_DATE_EPOCH"], !text.isEmpty else {
            self = .constant
            return
        }
        guard let seconds = Int(text) else {
            throw ArtifactError(
                .notExpressible, .write, path, "SOURCE_DATE_EPOCH is \"\(text)\", not a whole number of seconds since 1970",
                advice: "correct or unset the variable")
        }
        self.init(seconds: min(max(seconds, Self.constant.seconds), Self.last))
    }

    /// As Keras' metadata writes it: `1980-01-01@00:00:00`.
    var kerasText: String {
        func padded(_ value: Int) -> String { value < 10 ? "0\(value)" : "\(value)" }
        let (year, month, day) = civil
        let (hour, minute, second) = clock
        return "\(year)-\(padded(month))-\(padded(day))@\(padded(hour)):\(padded(minute)):\(padded(second))"
    }

    /// MS-DOS date and time, as zip members carry them, in steps of two seconds.
    var dos: (date: UInt16, time: UInt16) {
        let (year, month, day) = civil
        let (hour, minute, second) = clock
        return (UInt16((year - 1980) << 9 | month << 5 | day), UInt16(hour << 11 | minute << 5 | second / 2))
    }

    private var clock: (hour: Int, minute: Int, second: Int) {
        let rest = seconds % 86_400
        return (rest / 3600, rest / 60 % 60, rest % 60)
    }

    private var civil: (year: Int, month: Int, day: Int) {
        var calendar = Calendar(identifier: .gregorian)
        calendar.timeZone = .gmt
        let parts = calendar.dateComponents([.year, .month, .day], from: Date(timeIntervalSince1970: Double(seconds)))
        return (parts.year ?? 1980, parts.month ?? 1, parts.day ?? 1)
    }
}
