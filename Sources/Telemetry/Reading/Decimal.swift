/// Reads decimal numbers as CSV files write them: `12`, `-0.5`, `.5`, `3.`, `1.5e-07`.
enum Decimal {
    /// The number that all of `text` spells, within one unit in the last place of a float64 (so within one of a float32
    /// after rounding); infinite beyond float64's range; NaN when it is no decimal number (`nan`, `inf` and hexadecimals are
    /// none).
    ///
    /// Digits are gathered in an integer and scaled by one power of ten, exact up to 15 digits and 10^±22 (Clinger, "How to
    /// read floating point numbers accurately", 1990); the standard library does what is beyond 18 digits or 10^±22.
    @inline(__always)
    static func parse(_ text: UnsafeBufferPointer<UInt8>) -> Double {
        let count = text.count
        guard count > 0, let bytes = text.baseAddress else { return .nan }
        var position = 0
        let negative = bytes[0] == UInt8(ascii: "-")
        if negative || bytes[0] == UInt8(ascii: "+") { position = 1 }
        var mantissa: UInt64 = 0
        let firstDigit = position
        while position < count {
            let digit = bytes[position] &- UInt8(ascii: "0")
            guard digit < 10 else { break }
            mantissa = mantissa &* 10 &+ UInt64(digit)
            position += 1
        }
        var digits = position - firstDigit
        var exponent = 0
        if position < count, bytes[position] == UInt8(ascii: ".") {
            position += 1
            let firstDecimal = position
            while position < count {
                let digit = bytes[position] &- UInt8(ascii: "0")
                guard digit < 10 else { break }
                mantissa = mantissa &* 10 &+ UInt64(digit)
                position += 1
            }
            exponent = firstDecimal - position
            digits += position - firstDecimal
        }
        guard digits > 0 else { return .nan }
        if position < count {
            guard let written = writtenExponent(bytes, from: position, count: count) else { return .nan }
            exponent += written
        }
        guard digits <= 18, exponent >= -22, exponent <= 22 else { return slow(text) }
        // Signed: the processor converts signed integers in one instruction.
        let magnitude = Double(Int64(bitPattern: mantissa))
        let value = exponent < 0 ? magnitude / powersOfTen[-exponent] : magnitude * powersOfTen[exponent]
        return negative ? -value : value
    }

    /// What `parse` returns for up to eight characters of digits and at most one point, which are taken as one word; NaN for
    /// any other text.
    /// - Parameter text: eight bytes from its start on can be loaded, whatever stands behind it.
    @inline(__always)
    static func parseShort(withMargin text: UnsafeBufferPointer<UInt8>) -> Double {
        guard let bytes = text.baseAddress, text.count > 0, text.count <= 8 else { return .nan }
        // Digits become their values and the last stands in the highest byte; the zeros below the first count nothing.
        let loaded = UInt64(littleEndian: UnsafeRawPointer(bytes).loadUnaligned(as: UInt64.self))
        var word = (loaded ^ (UInt64(UInt8(ascii: "0")) * ones)) << UInt64(64 - 8 * text.count)
        var decimals = 0
        // A point becomes 0x1e, which has a bit that no digit has.
        let point = word & (0x10 * ones)
        if point != 0 {
            let position = UInt64(point.trailingZeroBitCount - 4)
            guard (word >> position) & 0xff == 0x1e, text.count > 1 else { return .nan }
            // What stands before the point moves up by one byte, over it.
            let before = word & ((1 as UInt64) << position &- 1)
            word = (word & (~0xff << position)) | before << 8
            decimals = 7 - Int(position / 8)
        }
        // Every byte is 9 at most.
        guard (word | (word &+ 0x76 * ones)) & (0x80 * ones) == 0 else { return .nan }
        // Neighbours add up: digits to pairs, pairs to fours, fours to the number.
        word = ((word &* (10 << 8 + 1)) >> 8) & 0x00ff_00ff_00ff_00ff
        word = ((word &* (100 << 16 + 1)) >> 16) & 0x0000_ffff_0000_ffff
        word = (word &* (10_000 << 32 + 1)) >> 32
        return Double(Int64(bitPattern: word)) / powersOfTen[decimals]
    }

    private static let ones: UInt64 = 0x0101_0101_0101_0101

    /// The exponent after the mantissa, clamped to what no longer matters; nil unless it spans the rest of the text.
    private static func writtenExponent(_ bytes: UnsafePointer<UInt8>, from start: Int, count: Int) -> Int? {
        guard bytes[start] | 0x20 == UInt8(ascii: "e") else { return nil }
        var position = start + 1
        guard position < count else { return nil }
        let negative = bytes[position] == UInt8(ascii: "-")
        if negative || bytes[position] == UInt8(ascii: "+") { position += 1 }
        guard position < count else { return nil }
        var value = 0
        while position < count {
            let digit = bytes[position] &- UInt8(ascii: "0")
            guard digit < 10 else { return nil }
            value = min(value * 10 + Int(digit), 1_000_000)
            position += 1
        }
        return negative ? -value : value
    }

    /// Correctly rounded, whatever the length; the grammar was checked before.
    @inline(never)
    private static func slow(_ text: UnsafeBufferPointer<UInt8>) -> Double {
        Double(String(decoding: UnsafeRawBufferPointer(text), as: UTF8.self)) ?? .nan
    }

    private static let powersOfTen: [Double] = [
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15, 1e16, 1e17, 1e18, 1e19, 1e20,
        1e21, 1e22,
    ]
}
