/// The simulated clock: the recording begins on a Monday at midnight, UTC.
enum Clock {
    /// Seconds from 1970-01-01T00:00:00Z to 2026-01-05T00:00:00Z.
    static let beginning = 1_767_571_200

    /// The instant `seconds` after the beginning as `2026-01-05T00:00:30.000Z`.
    static func text(seconds: Double) -> String {
        let milliseconds = beginning * 1000 + Int((seconds * 1000).rounded())
        let (day, inDay) = (milliseconds / 86_400_000, milliseconds % 86_400_000)
        let date = civil(daysSince1970: day)
        let parts = [inDay / 3_600_000, inDay / 60_000 % 60, inDay / 1000 % 60]
        let time = parts.map { padded($0, to: 2) }.joined(separator: ":")
        let days = [padded(date.year, to: 4), padded(date.month, to: 2), padded(date.day, to: 2)].joined(separator: "-")
        return "\(days)T\(time).\(padded(inDay % 1000, to: 3))Z"
    }

    /// Gregorian date of a day number (Howard Hinnant, "chrono-compatible low-level date algorithms"), for days after 1970.
    private static func civil(daysSince1970: Int) -> (year: Int, month: Int, day: Int) {
        let shifted = daysSince1970 + 719_468
        let era = shifted / 146_097
        let dayOfEra = shifted % 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let monthFromMarch = (5 * dayOfYear + 2) / 153
        let month = monthFromMarch < 10 ? monthFromMarch + 3 : monthFromMarch - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * monthFromMarch + 2) / 5 + 1)
    }

    private static func padded(_ number: Int, to width: Int) -> String {
        let digits = String(number)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }
}
