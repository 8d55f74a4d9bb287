/// Instants in microseconds since 1970-01-01T00:00:00Z, and their texts.
public enum Instant {
    /// From the year 1970 to the end of 2199: what telemetry can hold. Epoch milliseconds lie far beyond.
    static let range: Range<Int64> = 0..<7_258_118_400_000_000

    /// Stands for no instant where an optional would take twice the room.
    static let none = Int64.min

    /// What `parse` accepts, for messages.
    static let expectation = "ISO-8601 such as 2026-11-21T02:23:12.250Z, or seconds since 1970 (not milliseconds)"

    /// Reads `2026-11-21T02:23:12.250Z` (a space for the T, no zone, `+01:00`, no fraction, no seconds are accepted; without
    /// a zone the instant is UTC) or seconds since 1970 with or without a fraction. Digits beyond microseconds are cut off.
    /// - Returns: nil when the text is no such instant or lies outside of 1970…2199.
    public static func parse(_ text: String) -> Int64? {
        var text = text
        return text.withUTF8 { parse($0) }
    }

    static func parse(_ text: UnsafeBufferPointer<UInt8>) -> Int64? {
        var cursor = Cursor(rest: text[...])
        let instant = text.count >= 5 && text[4] == UInt8(ascii: "-") ? cursor.calendarInstant() : epochInstant(text)
        guard let instant, range.contains(instant) else { return nil }
        return instant
    }

    /// ISO-8601 in UTC with milliseconds, or microseconds where they are needed.
    public static func text(_ microseconds: Int64) -> String {
        let seconds = microseconds.flooredDivision(by: 1_000_000)
        let (day, second) = (seconds.flooredDivision(by: 86_400), seconds.flooredRemainder(by: 86_400))
        let (year, month, dayOfMonth) = Civil.date(ofDay: day)
        let fraction = microseconds.flooredRemainder(by: 1_000_000)
        let decimals = fraction % 1000 == 0 ? padded(fraction / 1000, 3) : padded(fraction, 6)
        let time = "\(padded(second / 3600, 2)):\(padded(second / 60 % 60, 2)):\(padded(second % 60, 2))"
        return "\(padded(year, 4))-\(padded(month, 2))-\(padded(dayOfMonth, 2))T\(time).\(decimals)Z"
    }

    /// Microseconds of an instant given in seconds since 1970; nil outside of 1970…2199.
    static func fromSeconds(_ seconds: Double) -> Int64? {
        let microseconds = (seconds * 1_000_000).rounded()
        guard microseconds >= 0, microseconds < Double(range.upperBound) else { return nil }
        return Int64(microseconds)
    }

    private static func padded(_ value: Int64, _ width: Int) -> String {
        let digits = String(value)
        return String(repeating: "0", count: max(0, width - digits.count)) + digits
    }

    private static func epochInstant(_ text: UnsafeBufferPointer<UInt8>) -> Int64? {
        var cursor = Cursor(rest: text[...])
        // Exact in the usual notation; float64 has not enough digits for today's microseconds times a power of ten.
        if let seconds = cursor.number(digits: 1...10), let fraction = cursor.fraction(), cursor.rest.isEmpty {
            return seconds * 1_000_000 + fraction
        }
        return fromSeconds(Decimal.parse(text))
    }

    /// Reads a text from its start.
    private struct Cursor {
        var rest: Slice<UnsafeBufferPointer<UInt8>>

        mutating func calendarInstant() -> Int64? {
            guard let year = number(digits: 4...4), take("-"), let month = number(digits: 2...2), take("-"),
                let day = number(digits: 2...2), take("T") || take("t") || take(" "),
                let hour = number(digits: 2...2), take(":"), let minute = number(digits: 2...2)
            else { return nil }
            guard let second = take(":") ? number(digits: 2...2) : 0, let fraction = fraction(), let offset = zone(),
                rest.isEmpty
            else { return nil }
            guard (1...12).contains(month), day >= 1, day <= Civil.length(ofMonth: month, year: year), hour < 24,
                minute < 60, second < 60
            else { return nil }
            let days = Civil.day(year: year, month: month, day: day)
            return ((days * 24 + hour) * 60 + minute - offset) * 60_000_000 + second * 1_000_000 + fraction
        }

        mutating func take(_ character: Unicode.Scalar) -> Bool {
            guard rest.first == UInt8(ascii: character) else { return false }
            rest = rest.dropFirst()
            return true
        }

        /// A whole number of as many digits; none is read if there are fewer or more.
        mutating func number(digits: ClosedRange<Int>) -> Int64? {
            var value: Int64 = 0
            var count = 0
            while count < digits.upperBound, let digit = rest.first.map({ $0 &- UInt8(ascii: "0") }), digit < 10 {
                value = value * 10 + Int64(digit)
                count += 1
                rest = rest.dropFirst()
            }
            return count >= digits.lowerBound ? value : nil
        }

        /// Microseconds of `.25`; 0 without a point; nil for a point without digits.
        mutating func fraction() -> Int64? {
            guard take(".") else { return 0 }
            var value: Int64 = 0
            var weight: Int64 = 100_000
            let before = rest.count
            while let digit = rest.first.map({ $0 &- UInt8(ascii: "0") }), digit < 10 {
                value += weight * Int64(digit)
                weight /= 10
                rest = rest.dropFirst()
            }
            return rest.count < before ? value : nil
        }

        /// Minutes east of UTC: `Z`, nothing, `+01`, `+0130`, `+01:30`.
        mutating func zone() -> Int64? {
            if rest.isEmpty || take("Z") || take("z") { return 0 }
            let east = take("+")
            guard east || take("-"), let hours = number(digits: 2...2) else { return nil }
            _ = take(":")
            guard let minutes = rest.isEmpty ? 0 : number(digits: 2...2), hours < 24, minutes < 60 else { return nil }
            return (hours * 60 + minutes) * (east ? 1 : -1)
        }
    }
}

/// The proleptic Gregorian calendar on day numbers since 1970-01-01 (Hinnant, "chrono-compatible low-level date
/// algorithms").
private enum Civil {
    static func day(year: Int64, month: Int64, day: Int64) -> Int64 {
        let shifted = month <= 2 ? year - 1 : year
        let era = shifted.flooredDivision(by: 400)
        let yearOfEra = shifted - era * 400
        let dayOfYear = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1
        return era * 146_097 + yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear - 719_468
    }

    static func date(ofDay day: Int64) -> (year: Int64, month: Int64, day: Int64) {
        let shifted = day + 719_468
        let era = shifted.flooredDivision(by: 146_097)
        let dayOfEra = shifted - era * 146_097
        let yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36_524 - dayOfEra / 146_096) / 365
        let dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100)
        let shiftedMonth = (5 * dayOfYear + 2) / 153
        let month = shiftedMonth < 10 ? shiftedMonth + 3 : shiftedMonth - 9
        return (yearOfEra + era * 400 + (month <= 2 ? 1 : 0), month, dayOfYear - (153 * shiftedMonth + 2) / 5 + 1)
    }

    static func length(ofMonth month: Int64, year: Int64) -> Int64 {
        switch month {
        case 4, 6, 9, 11: 30
        case 2: (year % 4 == 0 && year % 100 != 0) || year % 400 == 0 ? 29 : 28
        default: 31
        }
    }
}

extension Int64 {
    fileprivate func flooredDivision(by divisor: Int64) -> Int64 { (self - flooredRemainder(by: divisor)) / divisor }
    fileprivate func flooredRemainder(by divisor: Int64) -> Int64 { (self % divisor + divisor) % divisor }
}
