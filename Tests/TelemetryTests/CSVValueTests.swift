import Foundation
import Randomness
import TestSupport
import Testing

@testable import Telemetry

/// What `Decimal.parse` reads; the way for short texts must read the same, or nothing, among whatever other bytes.
private func parse(_ text: String) -> Double {
    let value = Array(text.utf8).withUnsafeBufferPointer { Decimal.parse($0) }
    for neighbour in [UInt8(ascii: "7"), UInt8(ascii: "."), 0xff] {
        let margin = [UInt8](repeating: neighbour, count: RowBytes.margin)
        let short = (margin + Array(text.utf8) + margin).withUnsafeBufferPointer {
            Decimal.parseShort(withMargin: UnsafeBufferPointer(rebasing: $0.dropFirst(margin.count).dropLast(margin.count)))
        }
        let isShort = text.utf8.count <= 8 && text.wholeMatch(of: /([0-9]+\.?[0-9]*|\.[0-9]+)/) != nil
        #expect(isShort ? short.bitPattern == value.bitPattern : short.isNaN, "\(text) among \(neighbour)")
    }
    return value
}

private func steps(_ a: Double, _ b: Double) -> UInt64 {
    a.bitPattern > b.bitPattern ? a.bitPattern - b.bitPattern : b.bitPattern - a.bitPattern
}

@Suite struct CSVNumberTests {
    private struct Pair: Decodable {
        let text: String
        let bits: UInt64

        init(from decoder: any Decoder) throws {
            var container = try decoder.unkeyedContainer()
            text = try container.decode(String.self)
            bits = UInt64(try container.decode(String.self), radix: 16) ?? 0
        }
    }

    @Test("numbers are within one unit in the last place of Python's correctly rounded float")
    func reference() throws {
        let pairs = try JSONDecoder().decode([Pair].self, from: Fixture.data("Telemetry/numbers.json"))
        #expect(pairs.count > 400)
        for pair in pairs {
            let (value, expected) = (parse(pair.text), Double(bitPattern: pair.bits))
            #expect(steps(value, expected) <= 1, "\(pair.text) read as \(value), expected \(expected)")
            #expect(value.sign == expected.sign)
        }
    }

    @Test("up to 15 digits and 22 decimals are exact, and every float64 as Swift prints it stays within one unit")
    func properties() {
        var random = RandomStream(seed: 64)
        for _ in 0..<20_000 {
            let digits = Int(random.below(1_000_000_000)) * (random.chance(0.5) ? 1 : 1_000_000)
            let decimals = random.below(16)
            var text = String(digits)
            text = String(repeating: "0", count: max(0, decimals + 1 - text.count)) + text
            text.insert(".", at: text.index(text.endIndex, offsetBy: -decimals))
            #expect(parse(text) == Double(text))

            let value = Double(bitPattern: random.next())
            guard value.isFinite else { continue }
            #expect(steps(parse("\(value)"), value) <= 1)
        }
    }

    @Test("float32 values as Swift prints them come back exactly")
    func floats() {
        var random = RandomStream(seed: 32)
        for _ in 0..<20_000 {
            let value = Float(bitPattern: random.nextWord())
            guard value.isFinite else { continue }
            #expect(Float(parse("\(value)")) == value)
        }
    }

    @Test("what is no decimal number is refused", arguments: [
        "", "-", "+", ".", "e5", "1e", "1e+", "nan", "NaN", "inf", "-inf", "0x10", "1,5", "1.2.3", "12a", "--1", "1 2", " 1",
        "1 ", "１", "1e5.0", "1_000", "\0", "1\0",
    ])
    func refused(text: String) {
        #expect(parse(text).isNaN)
    }

    @Test("any few characters read the same one by one and as a word")
    func words() {
        var random = RandomStream(seed: 8)
        let alphabet = Array("0123456789012345678901234567890123456789.....--+eE ,/:\"é")
        for _ in 0..<20_000 {
            let text = String((0..<random.below(12)).map { _ in alphabet[random.below(alphabet.count)] })
            _ = parse(text)
        }
    }

    @Test("numbers beyond float64 are infinite, tiny ones zero")
    func extremes() {
        #expect(parse("1e999999999999999999999") == .infinity)
        #expect(parse("-1e400") == -.infinity)
        #expect(parse("1e-999999999999999999999") == 0)
        #expect(parse(String(repeating: "0", count: 5000) + "1") == 1)
    }
}

@Suite struct CSVInstantTests {
    private struct Pair: Decodable {
        let text: String
        let microseconds: Int64

        init(from decoder: any Decoder) throws {
            var container = try decoder.unkeyedContainer()
            text = try container.decode(String.self)
            microseconds = try container.decode(Int64.self)
        }
    }

    @Test("ISO-8601 texts in all zones and precisions are the instants that Python's datetime computes")
    func reference() throws {
        let pairs = try JSONDecoder().decode([Pair].self, from: Fixture.data("Telemetry/instants.json"))
        #expect(pairs.count == 300)
        for pair in pairs { #expect(Instant.parse(pair.text) == pair.microseconds, "\(pair.text)") }
    }

    @Test("known instants", arguments: [
        ("1970-01-01T00:00:00Z", 0), ("2026-11-21T02:23:12.000Z", 1_795_227_792_000_000),
        ("2026-11-21 02:23:12.25", 1_795_227_792_250_000), ("2026-11-21T03:23:12.25+01:00", 1_795_227_792_250_000),
        ("2026-11-21T02:23:12.1234567Z", 1_795_227_792_123_456), ("2026-11-20T21:23:12-0500", 1_795_227_792_000_000),
        ("2026-11-21t02:23:12z", 1_795_227_792_000_000), ("2026-11-21T02:23", 1_795_227_780_000_000),
        ("2024-02-29T00:00:00Z", 1_709_164_800_000_000), ("2000-02-29T23:59:59.999999Z", 951_868_799_999_999),
        ("1795227792", 1_795_227_792_000_000), ("1795227792.25", 1_795_227_792_250_000),
        ("1795227792.1234567", 1_795_227_792_123_456), ("1.795227792e9", 1_795_227_792_000_000),
        ("1795227792.", 1_795_227_792_000_000), ("0", 0),
    ])
    func known(text: String, microseconds: Int64) {
        #expect(Instant.parse(text) == microseconds)
    }

    @Test("what is no instant is refused", arguments: [
        "", "yesterday", "2026-13-01T00:00:00Z", "2026-02-29T00:00:00Z", "2100-02-29T00:00:00Z", "2026-04-31T00:00:00Z",
        "2026-11-21T24:00:00Z", "2026-11-21T02:60:00Z", "2026-11-21T02:23:60Z", "2026-11-21", "2026-11-21T02:23:12.Z",
        "2026-11-21T02:23:12+25:00", "2026-11-21T02:23:12+1", "2026-11-21T02:23:12Zx", "2026-1-1T00:00:00",
        "21.11.2026 02:23",
        "1795227792000", "-1", "1969-12-31T23:59:59Z", "2200-01-01T00:00:00Z", "1e300", "nan", "0000-00-00T00:00:00Z",
    ])
    func refused(text: String) {
        #expect(Instant.parse(text) == nil)
    }

    @Test("texts of instants parse back to the instant")
    func roundTrip() {
        var random = RandomStream(seed: 86_400)
        for _ in 0..<5000 {
            let instant = Int64(random.below(Int(Instant.range.upperBound)))
            #expect(Instant.parse(Instant.text(instant)) == instant)
        }
        #expect(Instant.text(1_795_227_792_250_000) == "2026-11-21T02:23:12.250Z")
        #expect(Instant.text(1_795_227_792_250_001) == "2026-11-21T02:23:12.250001Z")
    }
}
