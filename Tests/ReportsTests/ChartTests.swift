import Foundation
@testable import Reports
import Testing

#if canImport(FoundationXML)
import FoundationXML
#endif

/// A chart under test with a name for the listing.
struct NamedChart: CustomTestStringConvertible, Sendable {
    let testDescription: String
    let svg: @Sendable () -> String

    static let hostile = "a<b> & \"c\" 'd'\u{1}"

    static func all(_ values: [Double]) -> [NamedChart] {
        let points = values.enumerated().map { ChartPoint(x: Double($0), y: $1) }
        let axis = Axis(hostile, unit: "<ms>")
        let log = Axis("loss", scale: .logarithmic)
        return [
            NamedChart(testDescription: "line") {
                LineChart(
                    title: hostile, x: axis, y: axis, series: [ChartSeries(hostile, points: points)],
                    levels: [.init(hostile, at: 0.4)], moments: [.init("best", at: 2)], intervals: [1 ... 2]
                ).svg()
            },
            NamedChart(testDescription: "logarithmic line") {
                LineChart(title: "loss", x: axis, y: log, series: [ChartSeries("train", points: points)]).svg()
            },
            NamedChart(testDescription: "scatter") { ScatterChart(title: hostile, x: axis, y: axis, points: points).svg() },
            NamedChart(testDescription: "bars") {
                BarChart(title: hostile, value: axis, bars: values.map { .init(hostile, $0) }).svg()
            },
            NamedChart(testDescription: "matrix") {
                let counts = [values.map { $0.isFinite ? Int($0 * 10) : 0 }]
                return MatrixChart(
                    title: hostile, rowsLabel: hostile, columnsLabel: "chosen", rowNames: [hostile],
                    columnNames: values.map { _ in hostile }, counts: counts
                ).svg()
            },
            NamedChart(testDescription: "precision and recall") {
                PrecisionRecallChart(title: hostile, curves: [ChartSeries("model", points: points)], prevalence: 0.02).svg()
            },
            NamedChart(testDescription: "timeline") {
                TimelineChart(title: hostile, time: axis, score: axis, points: points, threshold: 0.6, labelled: [0 ... 1]).svg()
            },
        ]
    }
}

@Suite struct ChartTests {
    private static let values = [0.5, 1, .nan, 3, -.infinity, 0.25]

    /// Parses the document; nil when it is not well-formed.
    private func texts(_ svg: String) -> [String]? {
        final class Reader: NSObject, XMLParserDelegate {
            var texts: [String] = []
            func parser(
                _ parser: XMLParser, didStartElement name: String, namespaceURI: String?, qualifiedName: String?,
                attributes: [String: String]
            ) {
                texts.append("")
            }
            func parser(_ parser: XMLParser, foundCharacters string: String) {
                if !texts.isEmpty { texts[texts.count - 1] += string }
            }
        }
        let reader = Reader()
        let parser = XMLParser(data: Data(svg.utf8))
        parser.delegate = reader
        return parser.parse() ? reader.texts.map { $0.trimmingCharacters(in: .newlines) } : nil
    }

    @Test("is well-formed XML whatever its texts hold, and shows them as they are", arguments: NamedChart.all(values))
    func wellFormed(chart: NamedChart) throws {
        let shown = try #require(texts(chart.svg()))
        if !chart.testDescription.hasPrefix("log") {
            #expect(shown.contains { $0.contains("a<b> & \"c\" 'd'") })
        }
        #expect(!chart.svg().contains("nan") && !chart.svg().contains("inf"))
    }

    @Test("gives the same bytes twice", arguments: NamedChart.all(values))
    func deterministic(chart: NamedChart) { #expect(chart.svg() == chart.svg()) }

    @Test("says 'no data' when there is nothing to draw", arguments: NamedChart.all([]) + NamedChart.all([.nan]))
    func empty(chart: NamedChart) throws {
        let shown = try #require(texts(chart.svg()))
        #expect(shown.contains("no data"))
    }

    @Test("follows the reader's light or dark preference", arguments: NamedChart.all(values))
    func dark(chart: NamedChart) { #expect(chart.svg().contains("@media (prefers-color-scheme:dark)")) }

    @Test("a large series is thinned to a bounded file and keeps its highest spike")
    func bounded() throws {
        var points = (0 ..< 500_000).map { ChartPoint(x: Double($0), y: sin(Double($0) / 1_000)) }
        points[123_456].y = 40
        let thinned = Thinning.line(points)
        #expect(thinned.count <= 1_200)
        #expect(thinned.contains { $0.y == 40 })
        #expect(thinned.map(\.x) == thinned.map(\.x).sorted())
        let line = LineChart(title: "large", x: Axis("x"), y: Axis("y"), series: [ChartSeries("one", points: points)])
        #expect(line.svg().utf8.count < 40_000)
        #expect(ScatterChart(title: "large", x: Axis("x"), y: Axis("y"), points: points).svg().utf8.count < 60_000)
    }

    @Test("a line breaks at a missing value and a lone point stays visible")
    func gaps() {
        let series = ChartSeries("one", x: [0, 1, 2, 3, 4, 5], y: [1, 2, .nan, 3, .nan, 4])
        let svg = LineChart(title: "gaps", x: Axis("x"), y: Axis("y"), series: [series]).svg()
        let data = svg.split(separator: "\n").first { $0.contains("<path") } ?? ""
        #expect(data.filter { $0 == "M" }.count == 3)
        #expect(data.components(separatedBy: "h0").count - 1 == 2)
    }

    @Test("more bars than fit are counted in the title")
    func manyBars() {
        let bars = (0 ..< 20).map { BarChart.Bar("bar \($0)", Double($0)) }
        #expect(BarChart(title: "bars", value: Axis("value"), bars: bars).svg().contains("(4 more not shown)"))
    }
}

@Suite struct TicksTests {
    @Test(
        "the first and last tick enclose the data and the labels are distinct",
        arguments: [
            [0, 1], [3, 3], [0, 0], [-5, 7], [1e-7, 2e-7], [123_456, 123_457], [-1e9, 1e9], [0.97, 0.9801], [-3, -3],
        ] as [[Double]])
    func linear(data: [Double]) {
        let ticks = Ticks(covering: data, axis: Axis("x"))
        #expect(ticks.lower <= data.min() ?? 0 && ticks.upper >= data.max() ?? 0)
        #expect((2 ... 12).contains(ticks.values.count))
        #expect(Set(ticks.labels).count == ticks.labels.count, "\(ticks.labels)")
        #expect(data.allSatisfy { (-1e-9 ... 1 + 1e-9).contains(ticks.position($0)) })
    }

    @Test(
        "logarithmic ticks enclose the data, over part of a decade or many",
        arguments: [[0.3, 0.4], [1e-6, 1], [1, 1], [0.02, 30], [1e-12, 1e12], [150, 4_800]] as [[Double]])
    func logarithmic(data: [Double]) {
        let ticks = Ticks(covering: data, axis: Axis("x", scale: .logarithmic))
        #expect(ticks.lower <= data[0] * (1 + 1e-9) && ticks.upper >= data[1] * (1 - 1e-9))
        #expect((2 ... 12).contains(ticks.values.count))
        #expect(Set(ticks.labels).count == ticks.labels.count)
        #expect(ticks.values == ticks.values.sorted())
    }

    @Test("steps are 1, 2, 2.5 or 5 times a power of ten and labels carry the digits they need")
    func nice() {
        #expect([0.7, 1, 1.1, 2.2, 2.6, 6, 0.03].map(Ticks.niceStep) == [1, 1, 2, 2.5, 5, 10, 0.05])
        #expect(Ticks(covering: [0, 1.2], axis: Axis("x")).labels == ["0", "0.25", "0.50", "0.75", "1.00", "1.25"])
        #expect(Ticks(covering: [0, 50_000], axis: Axis("x")).labels == ["0", "10,000", "20,000", "30,000", "40,000", "50,000"])
    }

    @Test("a number by itself has four significant digits at most")
    func numbers() {
        let written = [0, 0.98765432, 12_345.678, 1e-6, -2.5, 3e8, 100, .nan].map(SVGText.number)
        #expect(written == ["0", "0.9877", "12,346", "1e-6", "-2.5", "3e8", "100", "–"])
    }
}
