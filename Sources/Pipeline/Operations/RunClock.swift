import Foundation

/// Times as reports state them.
enum RunClock {
    /// ISO 8601, UTC, whole seconds: `2026-11-21T10:15:30Z`.
    static func text(_ date: Date = Date()) -> String {
        date.formatted(Date.ISO8601FormatStyle(timeZone: TimeZone(secondsFromGMT: 0) ?? .current))
    }
}
