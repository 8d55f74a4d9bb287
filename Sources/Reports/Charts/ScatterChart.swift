/// Points with the line on which x equals y: predicted against actual.
public struct ScatterChart: Sendable {
    public var title: String
    public var x: Axis
    public var y: Axis
    public var points: [ChartPoint]
    public var pointsName: String
    /// Both axes then share one range.
    public var showsIdentity: Bool

    public init(
        title: String, x: Axis, y: Axis, points: [ChartPoint], pointsName: String = "rows", showsIdentity: Bool = true
    ) {
        self.title = title
        self.x = x
        self.y = y
        self.points = points
        self.pointsName = pointsName
        self.showsIdentity = showsIdentity
    }

    /// The chart as an SVG document; at most 2,000 points are drawn.
    public func svg() -> String {
        let shown = Thinning.scatter(points.filter { x.accepts($0.x) && y.accepts($0.y) })
        var legend = [Canvas.LegendEntry(name: pointsName, symbol: .dot(0))]
        if showsIdentity { legend.append(.init(name: "equal", symbol: .aid)) }
        var canvas = Canvas(title: title, legend: legend)
        guard !shown.isEmpty else {
            canvas.noData()
            return canvas.svg
        }
        let xs = shown.map(\.x)
        let ys = shown.map(\.y)
        let xTicks = Ticks(covering: showsIdentity ? xs + ys : xs, axis: x)
        let yTicks = Ticks(covering: showsIdentity ? xs + ys : ys, axis: y)
        canvas.axes(x: x, xTicks, y: y, yTicks)
        if showsIdentity {
            let low = max(xTicks.lower, yTicks.lower)
            let high = min(xTicks.upper, yTicks.upper)
            canvas.line(
                canvas.x(low, xTicks), canvas.y(low, yTicks), canvas.x(high, xTicks), canvas.y(high, yTicks), style: "aid")
        }
        let dots = shown.map { "M\(SVGText.coordinate(canvas.x($0.x, xTicks))) \(SVGText.coordinate(canvas.y($0.y, yTicks)))h0" }
        // A few half-transparent paths: crowded places look darker, and the file stays small.
        for layer in 0 ..< 5 {
            canvas.path(stride(from: layer, to: dots.count, by: 5).map { dots[$0] }.joined(), style: "line dots s0")
        }
        return canvas.svg
    }
}
