/// Named values as horizontal bars, longest names readable, with an optional reference value.
public struct BarChart: Sendable {
    public var title: String
    public var value: Axis
    public var bars: [Bar]
    public var reference: LineChart.Aid?

    public struct Bar: Sendable, Equatable {
        public var name: String
        public var value: Double
        /// Drawn in the accent colour: the model among its baselines.
        public var isHighlighted: Bool

        public init(_ name: String, _ value: Double, isHighlighted: Bool = false) {
            self.name = name
            self.value = value
            self.isHighlighted = isHighlighted
        }
    }

    /// More bars than these are left out, and the chart says so.
    public static let mostBars = 16

    public init(title: String, value: Axis, bars: [Bar], reference: LineChart.Aid? = nil) {
        self.title = title
        self.value = value
        self.bars = bars
        self.reference = reference
    }

    /// The chart as an SVG document. Bars start at zero, or at the axis' left edge on a logarithmic axis.
    public func svg() -> String {
        let shown = Array(bars.prefix(Self.mostBars))
        let names = shown.map { $0.name.count > 28 ? String($0.name.prefix(27)) + "…" : $0.name }
        let margin = 34 + (names.map { SVGText.width($0, size: 12) }.max() ?? 0)
        let omitted = bars.count - shown.count
        let heading = omitted > 0 ? "\(title) (\(omitted) more not shown)" : title
        let legend = reference.map { [Canvas.LegendEntry(name: $0.name, symbol: .aid)] } ?? []
        var canvas = Canvas(title: heading, legend: legend, leftMargin: max(66, margin))
        let values = shown.map(\.value).filter(value.accepts)
        guard !values.isEmpty else {
            canvas.noData()
            return canvas.svg
        }
        let base = value.scale == .linear ? [0.0] : []
        let aid = reference.map(\.value).filter(value.accepts)
        let ticks = Ticks(covering: values + base + aid, axis: value)
        let slot = (canvas.bottom - canvas.top) / Double(shown.count)
        for (tick, label) in zip(ticks.values, ticks.labels) {
            let place = canvas.x(tick, ticks)
            canvas.line(place, canvas.top, place, canvas.bottom, style: "grid")
            canvas.text(label, x: place, y: canvas.bottom + 16, style: "tick", anchor: "middle")
        }
        for (index, bar) in shown.enumerated() {
            let middle = canvas.top + slot * (Double(index) + 0.5)
            canvas.text(names[index], x: canvas.left - 8, y: middle + 4, style: "label", anchor: "end")
            draw(bar, middle: middle, thickness: min(22, slot * 0.7), &canvas, ticks)
        }
        if let place = aid.first.map({ canvas.x($0, ticks) }) {
            canvas.line(place, canvas.top, place, canvas.bottom, style: "aid")
        }
        canvas.axisTitles(x: value.title, y: "")
        canvas.box(x: canvas.left, y: canvas.top, width: canvas.right - canvas.left, height: canvas.bottom - canvas.top, style: "frame")
        return canvas.svg
    }

    private func draw(_ bar: Bar, middle: Double, thickness: Double, _ canvas: inout Canvas, _ ticks: Ticks) {
        guard value.accepts(bar.value) else {
            canvas.text("no value", x: canvas.left + 6, y: middle + 4, style: "tick")
            return
        }
        let zero = value.scale == .linear ? min(max(0, ticks.lower), ticks.upper) : ticks.lower
        let clamped = min(max(bar.value, ticks.lower), ticks.upper)
        let ends = [canvas.x(zero, ticks), canvas.x(clamped, ticks)].sorted()
        let style = bar.isHighlighted ? "f1" : "f0"
        canvas.box(x: ends[0], y: middle - thickness / 2, width: max(1, ends[1] - ends[0]), height: thickness, style: style)
        let label = SVGText.number(bar.value)
        let fits = ends[1] + 6 + SVGText.width(label, size: 12) < canvas.right
        canvas.text(
            label, x: fits ? ends[1] + 5 : ends[1] - 5, y: middle + 4, style: fits ? "label" : "label inverse",
            anchor: fits ? "start" : "end")
    }
}

extension Optional where Wrapped == Double {
    fileprivate func filter(_ isKept: (Double) -> Bool) -> [Double] { map { isKept($0) ? [$0] : [] } ?? [] }
}
