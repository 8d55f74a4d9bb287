/// FixedPoint fractions with a fixed number of places: what the file holds is what the oracle sees.
enum FixedPoint {
    private static let powers: [Double] = [1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8]

    /// The double nearest to `value` written with `places` decimals, as a reader of the file gets it.
    static func rounded(_ value: Double, places: Int) -> Double {
        (value * powers[places]).rounded() / powers[places]
    }

    /// Appends `value` with at most `places` decimals, without trailing zeros.
    static func append(_ value: Double, places: Int, to bytes: inout [UInt8]) {
        let scaled = (value * powers[places]).rounded()
        precondition(scaled.magnitude < 9e15, "\(value) is no telemetry value")
        var fraction = Int(scaled)
        if fraction < 0 {
            bytes.append(UInt8(ascii: "-"))
            fraction = -fraction
        }
        let unit = Int(powers[places])
        append(fraction / unit, to: &bytes)
        fraction %= unit
        guard fraction > 0 else { return }
        bytes.append(UInt8(ascii: "."))
        var digit = unit / 10
        while fraction > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(fraction / digit))
            fraction %= digit
            digit /= 10
        }
    }

    /// Appends a number that is not negative.
    static func append(_ value: Int, to bytes: inout [UInt8]) {
        precondition(value >= 0)
        var divisor = 1
        while value / divisor >= 10 { divisor *= 10 }
        var rest = value
        while divisor > 0 {
            bytes.append(UInt8(ascii: "0") + UInt8(rest / divisor))
            rest %= divisor
            divisor /= 10
        }
    }
}
