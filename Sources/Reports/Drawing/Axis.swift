import Foundation

/// What one axis of a chart shows.
public struct Axis: Sendable, Equatable {
    public var label: String
    /// Physical unit, shown behind the label; `""` for none.
    public var unit: String
    public var scale: Scale
    /// Fixed bounds; the data's own when absent.
    public var range: ClosedRange<Double>?

    public enum Scale: Sendable {
        case linear
        /// Values at or below zero have no place and are left out.
        case logarithmic
    }

    public init(_ label: String, unit: String = "", scale: Scale = .linear, range: ClosedRange<Double>? = nil) {
        self.label = label
        self.unit = unit
        self.scale = scale
        self.range = range
    }

    var title: String { unit.isEmpty ? label : "\(label) [\(unit)]" }

    /// Whether the axis has a place for `value`.
    func accepts(_ value: Double) -> Bool { value.isFinite && (scale == .linear || value > 0) }
}

/// Where an axis begins and ends, and where its labelled ticks are. The first and last tick enclose all data.
struct Ticks: Sendable, Equatable {
    var values: [Double]
    var labels: [String]
    var scale: Axis.Scale

    var lower: Double { values[0] }
    var upper: Double { values[values.count - 1] }

    /// - Parameters:
    ///   - data: finite values only.
    ///   - intervals: about how many steps a linear axis is cut into.
    init(covering data: [Double], axis: Axis, intervals: Int = 5) {
        scale = axis.scale
        var low = axis.range?.lowerBound ?? data.min() ?? 0
        var high = axis.range?.upperBound ?? data.max() ?? 1
        switch axis.scale {
        case .linear:
            if !(high - low > abs(high) * 1e-12) {
                // All values equal: show them in the middle.
                let half = high == 0 ? 0.5 : abs(high) * 0.1
                (low, high) = (low - half, high + half)
            }
            let step = Self.niceStep((high - low) / Double(intervals))
            let first = Int((low / step + 1e-9).rounded(.down))
            let last = max(first + 1, Int((high / step - 1e-9).rounded(.up)))
            values = (first ... last).map { Double($0) * step }
            labels = values.map { SVGText.tick($0, step: step) }
        case .logarithmic:
            if !(low > 0) { low = 1e-12 }
            let first = Int((log10(low) + 1e-9).rounded(.down))
            let last = max(first + 1, Int((log10(max(high, low)) - 1e-9).rounded(.up)))
            let factors: [Double] = last - first <= 2 ? [1, 2, 5] : [1]
            let every = max(1, (last - first + 7) / 8)
            var decades = Array(stride(from: first, to: last, by: every))
            decades.append(decades[decades.count - 1] + every)
            var values: [Double] = []
            for (index, decade) in decades.enumerated() {
                let isLast = index == decades.count - 1
                values += (isLast ? [1] : factors).map { $0 * pow(10, Double(decade)) }
            }
            self.values = Self.trimmed(values, low: low, high: high)
            labels = self.values.map { SVGText.tick($0, step: $0) }
        }
    }

    /// Drops ticks below the last one under the data and above the first one over it.
    private static func trimmed(_ values: [Double], low: Double, high: Double) -> [Double] {
        var values = values
        while values.count > 2, values[1] <= low * (1 + 1e-9) { values.removeFirst() }
        while values.count > 2, values[values.count - 2] >= high * (1 - 1e-9) { values.removeLast() }
        return values
    }

    /// The share of the axis' length, 0…1, at which a value lies.
    func position(_ value: Double) -> Double {
        switch scale {
        case .linear: (value - lower) / (upper - lower)
        case .logarithmic: log(value / lower) / log(upper / lower)
        }
    }

    /// The smallest of 1, 2, 2.5, 5 times a power of ten that is not below `rough`.
    static func niceStep(_ rough: Double) -> Double {
        let power = pow(10, floor(log10(rough)))
        let factor = [1, 2, 2.5, 5].first { $0 * power >= rough * (1 - 1e-9) } ?? 10
        return factor * power
    }
}
