import Foundation
@testable import Simulation
import Testing

@Suite struct FixedPointTests {
    @Test("numbers are written like printf writes them, without trailing zeros")
    func text() {
        for value in [0, 1, 100, 0.5, 12.345, 0.0004, 99.9999, 123_456.789, -3.25, 0.00049, 7e9] {
            for places in 0 ... 5 {
                var bytes: [UInt8] = []
                FixedPoint.append(value, places: places, to: &bytes)
                let text = String(decoding: bytes, as: UTF8.self)
                let rounded = FixedPoint.rounded(value, places: places)
                #expect(Double(text) == rounded, "\(value) with \(places) places")
                #expect(abs(rounded - value) <= 0.5000001 * pow(10, -Double(places)))
                #expect(!text.contains(".") || text.last != "0")
            }
        }
    }

    @Test("instants are those of Foundation's calendar, over months and leap days")
    func instants() throws {
        let formatter = ISO8601DateFormatter()
        formatter.formatOptions = [.withInternetDateTime, .withFractionalSeconds]
        let days: [Double] = [0, 0.3, 1, 31, 54.25, 365, 785, 786]
        for seconds in days.map({ $0 * 86_400 + 0.25 }) {
            let date = try #require(formatter.date(from: Clock.text(seconds: seconds)))
            #expect(abs(date.timeIntervalSince1970 - Double(Clock.beginning) - seconds) < 1e-4)
        }
        #expect(Clock.text(seconds: 0) == "2026-01-05T00:00:00.000Z")
    }
}
