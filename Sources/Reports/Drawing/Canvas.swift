/// The sheet that a chart is drawn on: title, legend, frame, axes, and the mapping from values to pixels.
struct Canvas {
    static let width = 760.0
    static let height = 400.0

    private(set) var body = ""
    private let title: String
    private(set) var left = 66.0
    private(set) var right = Canvas.width - 28
    private(set) var top = 42.0
    private(set) var bottom = Canvas.height - 48

    /// - Parameter legend: series names with their style number and whether a line or a box is shown.
    init(title: String, legend: [LegendEntry] = [], leftMargin: Double = 66) {
        self.title = title
        left = leftMargin
        drawLegend(legend)
    }

    struct LegendEntry {
        var name: String
        var symbol: Symbol

        enum Symbol {
            case line(Int)
            case dot(Int)
            case aid
            case shade
        }
    }

    // MARK: Elements

    mutating func text(_ text: String, x: Double, y: Double, style: String, anchor: String = "start", turned: Bool = false) {
        let turn = turned ? " transform=\"rotate(-90 \(SVGText.coordinate(x)) \(SVGText.coordinate(y)))\"" : ""
        body += "<text class=\"\(style)\" x=\"\(SVGText.coordinate(x))\" y=\"\(SVGText.coordinate(y))\""
        body += " text-anchor=\"\(anchor)\"\(turn)>\(SVGText.escaped(text))</text>\n"
    }

    mutating func line(_ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, style: String) {
        let ends = [("x1", x1), ("y1", y1), ("x2", x2), ("y2", y2)].map { "\($0)=\"\(SVGText.coordinate($1))\"" }
        body += "<line class=\"\(style)\" \(ends.joined(separator: " "))/>\n"
    }

    mutating func box(x: Double, y: Double, width: Double, height: Double, style: String, opacity: Double? = nil) {
        let sides = [("x", x), ("y", y), ("width", width), ("height", height)].map { "\($0)=\"\(SVGText.coordinate($1))\"" }
        let see = opacity.map { " fill-opacity=\"\(($0 * 100).rounded() / 100)\"" } ?? ""
        body += "<rect class=\"\(style)\" \(sides.joined(separator: " "))\(see)/>\n"
    }

    mutating func path(_ data: String, style: String) {
        if !data.isEmpty { body += "<path class=\"\(style)\" d=\"\(data)\"/>\n" }
    }

    // MARK: Plot area

    func x(_ value: Double, _ ticks: Ticks) -> Double { left + (right - left) * ticks.position(value) }
    func y(_ value: Double, _ ticks: Ticks) -> Double { bottom - (bottom - top) * ticks.position(value) }

    mutating func axes(x: Axis, _ xTicks: Ticks, y: Axis, _ yTicks: Ticks) {
        for (value, label) in zip(xTicks.values, xTicks.labels) {
            let place = self.x(value, xTicks)
            line(place, top, place, bottom, style: "grid")
            text(label, x: place, y: bottom + 16, style: "tick", anchor: "middle")
        }
        for (value, label) in zip(yTicks.values, yTicks.labels) {
            let place = self.y(value, yTicks)
            line(left, place, right, place, style: "grid")
            text(label, x: left - 7, y: place + 4, style: "tick", anchor: "end")
        }
        axisTitles(x: x.title, y: y.title)
        box(x: left, y: top, width: right - left, height: bottom - top, style: "frame")
    }

    mutating func axisTitles(x: String, y: String) {
        text(x, x: (left + right) / 2, y: bottom + 38, style: "label", anchor: "middle")
        text(y, x: 15, y: (top + bottom) / 2, style: "label", anchor: "middle", turned: true)
    }

    mutating func noData() {
        box(x: left, y: top, width: right - left, height: bottom - top, style: "frame")
        text("no data", x: (left + right) / 2, y: (top + bottom) / 2, style: "label", anchor: "middle")
    }

    // MARK: Whole document

    var svg: String {
        let (width, height) = (Int(Self.width), Int(Self.height))
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(width) \(height)" width="\(width)" height="\(height)" role="img">
            <title>\(SVGText.escaped(title))</title>
            <style>\(Style.css)</style>
            <rect class="back" width="\(width)" height="\(height)"/>
            <text class="title" x="18" y="25">\(SVGText.escaped(title))</text>
            \(body)</svg>

            """
    }

    /// Entries in rows below the title; the plot area starts below them.
    private mutating func drawLegend(_ entries: [LegendEntry]) {
        guard !entries.isEmpty else { return }
        var (x, y) = (18.0, 46.0)
        for entry in entries {
            let needed = 34 + SVGText.width(entry.name, size: 12) + 18
            if x > 18, x + needed > Self.width - 10 { (x, y) = (18, y + 18) }
            switch entry.symbol {
            case .line(let style): line(x, y - 4, x + 26, y - 4, style: "line s\(style) d\(style)")
            case .dot(let style): box(x: x + 8, y: y - 9, width: 10, height: 10, style: "f\(style)")
            case .aid: line(x, y - 4, x + 26, y - 4, style: "aid")
            case .shade: box(x: x + 2, y: y - 11, width: 22, height: 13, style: "shade")
            }
            text(entry.name, x: x + 32, y: y, style: "label")
            x += needed
        }
        top = y + 14
    }
}
