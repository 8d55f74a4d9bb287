//  Reports owns how numbers look: SVG charts and Markdown text as pure functions from values to text. It must import nothing
//  of ours: what the numbers mean is decided elsewhere.

import Foundation

/// Text that may stand in an SVG document, and numbers as charts print them.
enum SVGText {
    /// Escapes what XML reserves and drops what XML 1.0 forbids (control characters).
    static func escaped(_ text: String) -> String {
        var result = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "&": result += "&amp;"
            case "<": result += "&lt;"
            case ">": result += "&gt;"
            case "\"": result += "&quot;"
            case "'": result += "&#39;"
            case "\t", "\n", "\r": result += " "
            default:
                let isForbidden = scalar.value < 0x20 || scalar.value == 0xFFFE || scalar.value == 0xFFFF
                if !isForbidden { result.unicodeScalars.append(scalar) }
            }
        }
        return result
    }

    /// A coordinate with one decimal: a tenth of a pixel, and short.
    static func coordinate(_ value: Double) -> String {
        let tenths = (value * 10).rounded()
        let whole = tenths / 10
        return whole == whole.rounded() ? String(Int(whole)) : String(whole)
    }

    /// A number on an axis whose ticks are `step` apart.
    static func tick(_ value: Double, step: Double) -> String {
        if value == 0 || abs(value) < step * 1e-9 { return "0" }
        if abs(value) >= 1e7 || abs(value) < 1e-4 { return scientific(value) }
        let decimals = min(8, max(0, Int((-log10(step) - 1e-9).rounded(.up))))
        return grouped(value, decimals: needsHalf(step, decimals) ? decimals + 1 : decimals)
    }

    /// A number by itself, with up to four significant digits.
    static func number(_ value: Double) -> String {
        guard value.isFinite else { return "–" }
        if value == 0 { return "0" }
        if abs(value) >= 1e7 || abs(value) < 1e-4 { return scientific(value) }
        let digits = 3 - Int(floor(log10(abs(value))))
        var text = grouped(value, decimals: max(0, digits))
        if text.contains(".") {
            while text.hasSuffix("0") { text.removeLast() }
            if text.hasSuffix(".") { text.removeLast() }
        }
        return text
    }

    /// Steps such as 0.25 need a digit more than their size says.
    private static func needsHalf(_ step: Double, _ decimals: Int) -> Bool {
        let scaled = step * pow(10, Double(decimals))
        return abs(scaled - scaled.rounded()) > 1e-6
    }

    private static func scientific(_ value: Double) -> String {
        let exponent = Int(floor(log10(abs(value)) + 1e-12))
        let mantissa = (value / pow(10, Double(exponent)) * 100).rounded() / 100
        let digits = mantissa == mantissa.rounded() ? String(Int(mantissa)) : String(mantissa)
        return "\(digits)e\(exponent)"
    }

    private static func grouped(_ value: Double, decimals: Int) -> String {
        let text = String(format: "%.\(decimals)f", value)
        guard abs(value) >= 1_000 else { return text }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        var whole = ""
        let digits = parts[0].drop { $0 == "-" }
        for (index, digit) in digits.reversed().enumerated() {
            if index > 0, index % 3 == 0 { whole.append(",") }
            whole.append(digit)
        }
        let sign = value < 0 ? "-" : ""
        return sign + String(whole.reversed()) + (parts.count > 1 ? "." + parts[1] : "")
    }

    /// Estimated width in pixels: system fonts at this size need about 0.56 of the size per letter.
    static func width(_ text: String, size: Double) -> Double { Double(text.count) * size * 0.56 }
}
