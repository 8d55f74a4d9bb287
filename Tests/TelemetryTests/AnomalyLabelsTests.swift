@testable import Telemetry
import Testing

/// Frames and incidents for the tests of labels: links a→b, b→a and c→d, one row a second each.
enum LabelSample {
    static let links = [LinkKey(node: "a", peer: "b"), LinkKey(node: "b", peer: "a"), LinkKey(node: "c", peer: "d")]

    /// - Parameter seconds: instants of every link's rows; frame rows are those of a→b, then b→a, then c→d.
    static func frame(
        links: [LinkKey] = links, seconds: [Double], columns: [String: [Float]] = [:]
    ) throws -> FeatureFrame<HeldOut> {
        let count = links.count * seconds.count
        let table = TelemetryTable(
            timestamps: links.flatMap { _ in seconds.map { Int64($0 * 1e6) } },
            linkOfRow: links.indices.flatMap { link in seconds.map { _ in Int32(link) } }, links: links,
            columns: columns.merging(["x": Array(repeating: 1, count: count)]) { given, _ in given })
        let rows = Array(0 ..< Int32(count))
        let plan = try FeaturePlan(
            Sample.selection(Sample.model([("x", "x", true)])),
            fittedTo: #require(Part<Training>(table, rows: rows, gapFactor: 2.5)))
        return try FeatureFrame(Part<HeldOut>(wholeFile: table, gapFactor: 2.5), plan: plan)
    }

    static func incident(
        _ node: String, peer: String? = nil, type: String = "crash", from start: Double, to end: Double
    ) -> Incident {
        Incident(node: node, peer: peer, type: type, start: Int64(start * 1e6), end: Int64(end * 1e6))
    }
}

@Suite("Anomaly labels")
struct AnomalyLabelsTests {
    private let tenSeconds = (0 ..< 10).map { Double($0) }

    private func rows(_ labels: AnomalyLabels) -> [Int] { labels.isAbnormal.indices.filter { labels.isAbnormal[$0] } }

    @Test("A node's incident labels the rows of every link from or to the node, both ends included")
    func node() throws {
        let frame = try LabelSample.frame(seconds: tenSeconds)
        let labels = AnomalyLabels([LabelSample.incident("a", from: 3, to: 5)], over: frame)
        #expect(labels.source == .incidents)
        #expect(rows(labels) == [3, 4, 5, 13, 14, 15])
        #expect(labels.rowsOfIncident == [[3, 13, 4, 14, 5, 15]])
        #expect(labels.starts == [3_000_000])
    }

    @Test("An incident with a peer labels the two directions of that link only")
    func link() throws {
        let links = LabelSample.links + [LinkKey(node: "a", peer: "e")]
        let frame = try LabelSample.frame(links: links, seconds: tenSeconds)
        let labels = AnomalyLabels([LabelSample.incident("b", peer: "a", from: 3, to: 3)], over: frame)
        // Frame order is by link: a→b, a→e, b→a, c→d.
        #expect(rows(labels) == [3, 23])
    }

    @Test("Overlapping incidents share rows and stay two incidents")
    func overlap() throws {
        let frame = try LabelSample.frame(seconds: tenSeconds)
        let labels = AnomalyLabels(
            [LabelSample.incident("c", from: 2, to: 4), LabelSample.incident("d", from: 4, to: 5)], over: frame)
        #expect(labels.rowsOfIncident == [[22, 23, 24], [24, 25]])
        #expect(rows(labels) == [22, 23, 24, 25])
    }

    @Test("An end between two rows labels neither")
    func ends() throws {
        let frame = try LabelSample.frame(seconds: tenSeconds)
        let labels = AnomalyLabels([LabelSample.incident("c", from: 2.000001, to: 3.999999)], over: frame)
        #expect(rows(labels) == [23])
    }

    @Test("Incidents outside the part are left out, and one that began before it starts with it")
    func outside() throws {
        let frame = try LabelSample.frame(seconds: (0 ..< 10).map { Double($0) + 100 })
        let labels = AnomalyLabels(
            [
                LabelSample.incident("c", from: 10, to: 99.9), LabelSample.incident("c", from: 90, to: 101),
                LabelSample.incident("c", from: 110, to: 120), LabelSample.incident("stranger", from: 100, to: 110),
            ], over: frame)
        #expect(labels.rowsOfIncident == [[20, 21]])
        #expect(labels.starts == [100_000_000])
    }

    @Test("Only the given types count")
    func types() throws {
        let frame = try LabelSample.frame(seconds: tenSeconds)
        let incidents = [
            LabelSample.incident("c", type: "loss", from: 1, to: 1), LabelSample.incident("c", type: "crash", from: 5, to: 5),
        ]
        #expect(rows(AnomalyLabels(incidents, ofTypes: ["crash"], over: frame)) == [25])
        #expect(AnomalyLabels(incidents, ofTypes: [], over: frame).rowsOfIncident.isEmpty)
    }

    @Test("Rows of one link after a gap are another segment")
    func segments() throws {
        let frame = try LabelSample.frame(links: [LabelSample.links[0]], seconds: [0, 1, 2, 50, 51, 52])
        #expect(AnomalyLabels(nil, over: frame).segmentOfRow == [0, 0, 0, 1, 1, 1])
    }

    @Test("Without an incidents file the column is_anomaly labels rows, and its runs stand in for incidents")
    func column() throws {
        let cells: [Float] = [0, 1, 1, 0, 1, .nan, 0, 0, 0, 0]
        let zeros = [Float](repeating: 0, count: 10)
        let frame = try LabelSample.frame(seconds: tenSeconds, columns: ["is_anomaly": cells + zeros + cells])
        let labels = AnomalyLabels(nil, over: frame)
        #expect(labels.source == .anomalyColumn)
        #expect(labels.rowsOfIncident == [[1, 2], [21, 22], [4], [24]])
        #expect(labels.starts == [1_000_000, 1_000_000, 4_000_000, 4_000_000])
    }

    @Test("Runs that overlap in time on links with a common end are one incident")
    func mergedRuns() throws {
        let early: [Float] = [0, 1, 1, 1, 0, 0, 0, 0, 0, 0], late: [Float] = [0, 0, 0, 1, 1, 0, 0, 1, 0, 0]
        let frame = try LabelSample.frame(seconds: tenSeconds, columns: ["is_anomaly": early + late + early])
        #expect(AnomalyLabels(nil, over: frame).rowsOfIncident == [[1, 2, 3, 13, 14], [21, 22, 23], [17]])
    }

    @Test("A run ends where the recording has a gap")
    func gap() throws {
        let frame = try LabelSample.frame(
            links: [LabelSample.links[0]], seconds: [0, 1, 2, 50, 51, 52], columns: ["is_anomaly": [0, 1, 1, 1, 1, 0]])
        #expect(AnomalyLabels(nil, over: frame).rowsOfIncident == [[1, 2], [3, 4]])
    }

    @Test("An incidents file without incidents says that nothing happened; the column does not overrule it")
    func emptyFile() throws {
        let frame = try LabelSample.frame(seconds: tenSeconds, columns: ["is_anomaly": Array(repeating: 1, count: 30)])
        let labels = AnomalyLabels([], over: frame)
        #expect(labels.source == .incidents)
        #expect(rows(labels).isEmpty)
    }

    @Test("With neither incidents nor a filled column there are no labels", arguments: [false, true])
    func none(hasEmptyColumn: Bool) throws {
        let columns = hasEmptyColumn ? ["is_anomaly": [Float](repeating: .nan, count: 30)] : [:]
        let labels = AnomalyLabels(nil, over: try LabelSample.frame(seconds: tenSeconds, columns: columns))
        #expect(labels.source == .none)
        #expect(labels.rowsOfIncident.isEmpty && rows(labels).isEmpty && labels.isAbnormal.count == 30)
    }
}
