import Telemetry

/// How a column writes instants; all are UTC unless the text names a zone.
public enum InstantFormat: Sendable, Equatable {
    /// ISO 8601, or seconds since 1970.
    case standard
    /// Letters `yyyy MM dd HH mm ss` in any order, other characters as they stand: `yyyy.MM.dd_HH.mm.ss`.
    case pattern([UInt8])

    /// nil when the pattern does not name year, month, day, hour and minute.
    init?(_ text: String) {
        if text == "iso8601" || text == "epoch" {
            self = .standard
            return
        }
        guard ["yyyy", "MM", "dd", "HH", "mm"].allSatisfy(text.contains) else { return nil }
        self = .pattern(Array(text.utf8))
    }

    /// Microseconds since 1970; nil when the text is no such instant.
    func parse(_ text: String) -> Int64? {
        guard case .pattern(let pattern) = self else { return Instant.parse(text) }
        let bytes = Array(text.utf8)
        guard bytes.count == pattern.count else { return nil }
        var digits: [UInt8: [UInt8]] = [:]
        for (expected, found) in zip(pattern, bytes) {
            if "yMdHms".utf8.contains(expected) {
                guard (UInt8(ascii: "0") ... UInt8(ascii: "9")).contains(found) else { return nil }
                digits[expected, default: []].append(found)
            } else if expected != found {
                return nil
            }
        }
        func field(_ letter: Unicode.Scalar) -> String {
            String(decoding: digits[UInt8(ascii: letter)] ?? Array("00".utf8), as: UTF8.self)
        }
        return Instant.parse("\(field("y"))-\(field("M"))-\(field("d"))T\(field("H")):\(field("m")):\(field("s"))Z")
    }
}
