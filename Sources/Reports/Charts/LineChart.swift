/// Several series over one axis, with optional horizontal and vertical aids.
public struct LineChart: Sendable {
    public var title: String
    public var x: Axis
    public var y: Axis
    public var series: [ChartSeries]
    /// Horizontal dashed lines: a threshold, a target.
    public var levels: [Aid]
    /// Vertical dashed lines: the best epoch.
    public var moments: [Aid]
    /// Shaded intervals of x: labelled incidents.
    public var intervals: [ClosedRange<Double>]
    public var intervalsName: String

    /// A dashed helper line with its legend text.
    public struct Aid: Sendable, Equatable {
        public var name: String
        public var value: Double

        public init(_ name: String, at value: Double) {
            self.name = name
            self.value = value
        }
    }

    public init(
        title: String, x: Axis, y: Axis, series: [ChartSeries], levels: [Aid] = [], moments: [Aid] = [],
        intervals: [ClosedRange<Double>] = [], intervalsName: String = "labelled"
    ) {
        self.title = title
        self.x = x
        self.y = y
        self.series = series
        self.levels = levels
        self.moments = moments
        self.intervals = intervals
        self.intervalsName = intervalsName
    }

    /// The chart as an SVG document; the same values give the same bytes.
    public func svg() -> String {
        let drawn = series.map { ChartSeries($0.name, points: Thinning.line($0.points)) }
        let points = drawn.flatMap(\.points).filter { x.accepts($0.x) && y.accepts($0.y) }
        let shownLevels = levels.filter { y.accepts($0.value) }
        let shownMoments = moments.filter { x.accepts($0.value) }
        var canvas = Canvas(title: title, legend: legend(shownLevels, shownMoments))
        guard !points.isEmpty else {
            canvas.noData()
            return canvas.svg
        }
        let xTicks = Ticks(covering: points.map(\.x) + shownMoments.map(\.value), axis: x, intervals: 8)
        let yTicks = Ticks(covering: points.map(\.y) + shownLevels.map(\.value), axis: y)
        canvas.axes(x: x, xTicks, y: y, yTicks)
        for interval in intervals { shade(interval, &canvas, xTicks) }
        for (index, one) in drawn.enumerated() {
            let style = index % Style.seriesCount
            canvas.path(pathData(one.points, canvas, xTicks, yTicks), style: "line s\(style) d\(style)")
        }
        for level in shownLevels {
            let place = canvas.y(level.value, yTicks)
            canvas.line(canvas.left, place, canvas.right, place, style: "aid")
        }
        for moment in shownMoments {
            let place = canvas.x(moment.value, xTicks)
            canvas.line(place, canvas.top, place, canvas.bottom, style: "aid")
        }
        return canvas.svg
    }

    private func legend(_ levels: [Aid], _ moments: [Aid]) -> [Canvas.LegendEntry] {
        var entries = series.indices.map { Canvas.LegendEntry(name: series[$0].name, symbol: .line($0 % Style.seriesCount)) }
        entries += (levels + moments).map { Canvas.LegendEntry(name: $0.name, symbol: .aid) }
        if !intervals.isEmpty { entries.append(.init(name: intervalsName, symbol: .shade)) }
        return entries
    }

    /// An interval, cut to the axis; at least a pixel and a half wide, so that a short one is still seen.
    private func shade(_ interval: ClosedRange<Double>, _ canvas: inout Canvas, _ ticks: Ticks) {
        guard x.accepts(interval.lowerBound), x.accepts(interval.upperBound), interval.upperBound >= ticks.lower,
            interval.lowerBound <= ticks.upper
        else { return }
        let start = canvas.x(max(interval.lowerBound, ticks.lower), ticks)
        let end = canvas.x(min(interval.upperBound, ticks.upper), ticks)
        let height = canvas.bottom - canvas.top
        canvas.box(x: start, y: canvas.top, width: max(1.5, end - start), height: height, style: "shade")
    }

    /// Values outside a fixed range are drawn at its edge.
    private func pathData(_ points: [ChartPoint], _ canvas: Canvas, _ xTicks: Ticks, _ yTicks: Ticks) -> String {
        var data = ""
        var isOpen = false
        for (index, point) in points.enumerated() {
            guard x.accepts(point.x), y.accepts(point.y) else {
                isOpen = false
                continue
            }
            let px = SVGText.coordinate(canvas.x(min(max(point.x, xTicks.lower), xTicks.upper), xTicks))
            let py = SVGText.coordinate(canvas.y(min(max(point.y, yTicks.lower), yTicks.upper), yTicks))
            data += "\(isOpen ? "L" : "M")\(px) \(py)"
            let next = index + 1 < points.count ? points[index + 1] : nil
            let isAlone = !isOpen && next.map { !x.accepts($0.x) || !y.accepts($0.y) } ?? true
            // A zero-length stroke with round ends is a dot: a point between two gaps is seen.
            if isAlone, !isOpen { data += "h0" }
            isOpen = true
        }
        return data
    }
}
