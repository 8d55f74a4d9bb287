import Randomness
@testable import Telemetry

/// Tables, schemas and models for the tests of segments, splits, features, windows and scalers.
enum Sample {
    static let second: Int64 = 1_000_000

    static let rules = Schema.SplitRules(train: 0.7, validation: 0.15, test: 0.15, embargoSteps: 0, seed: 42)

    /// A table of one column `x` over links given by letter; `instants` in seconds.
    static func table(_ links: String, instants: [Double], x: [Float]? = nil) -> TelemetryTable {
        let nodes = links.map(String.init)
        var keys: [LinkKey] = []
        let linkOfRow = nodes.map { node in
            let key = LinkKey(node: node, peer: "peer")
            if let index = keys.firstIndex(of: key) { return Int32(index) }
            keys.append(key)
            return Int32(keys.count - 1)
        }
        return TelemetryTable(
            timestamps: instants.map { Int64($0 * Double(second)) }, linkOfRow: linkOfRow, links: keys,
            columns: ["x": x ?? instants.map(Float.init)])
    }

    /// Interleaved links of different intervals, with gaps, rows out of order, repeated instants and missing cells.
    static func randomTable(_ seed: UInt64) -> TelemetryTable {
        var random = RandomStream(seed: seed).child("table")
        let links = (0 ..< 1 + random.below(5)).map { LinkKey(node: "n\($0 % 3)", peer: "p\($0)") }
        var rows: [(instant: Int64, link: Int, order: Double)] = []
        let common = Int64(random.below(1_000)) * second
        for link in links.indices {
            let step = [second, second, 5 * second, second / 4][random.below(4)]
            var instant = common + Int64(random.below(3)) * second
            for _ in 0 ..< 5 + random.below(160) {
                rows.append((instant, link, Double(instant) + random.uniform(0, 3e6)))
                if random.chance(0.03) { continue }
                instant += random.chance(0.05) ? step * Int64(2 + random.below(30)) : step
            }
        }
        rows.sort { $0.order < $1.order }
        var columns: [String: [Float]] = [:]
        for name in ["x", "y", "code", "label"] {
            var cells = random.child(name)
            columns[name] = rows.map { _ in
                if cells.chance(0.1) { return .nan }
                return name == "code" ? Float(cells.below(4)) : Float(cells.normal(10, 4))
            }
        }
        var order: [Int] = []
        for row in rows where !order.contains(row.link) { order.append(row.link) }
        return TelemetryTable(
            timestamps: rows.map(\.instant), linkOfRow: rows.map { Int32(order.firstIndex(of: $0.link) ?? 0) },
            links: order.map { links[$0] }, columns: columns)
    }

    static let schema = Schema(
        version: "1", groups: ["all"],
        columns: [
            ColumnDefinition(name: "timestamp", group: "all", type: .datetime),
            ColumnDefinition(name: "region", group: "all", type: .string),
            ColumnDefinition(name: "x", group: "all", type: .float),
            ColumnDefinition(name: "y", group: "all", type: .float, availability: .afterDecision),
            ColumnDefinition(name: "code", group: "all", type: .categorical, categories: ["a", "b", "c", "d"]),
            ColumnDefinition(name: "label", group: "all", type: .float, availability: .neverFeature),
            ColumnDefinition(name: "absent", group: "all", type: .float),
        ],
        targets: [], models: [:],
        quality: .init(missingLimit: 0.05, outlierIQRMultiplier: 1.5, gapFactor: 3, minimumRows: 1), split: rules,
        incidents: .init(defaultDurationSeconds: 60, types: [], severities: [], affectingConsensus: []))

    static func model(
        _ features: [(name: String, formula: String, required: Bool)], decidesBeforeRow: Bool = false,
        requiredColumns: [String] = []
    ) -> ModelDefinition {
        ModelDefinition(
            description: "", windowLength: 5, decidesBeforeRow: decidesBeforeRow,
            features: features.map { FeatureDefinition(name: $0.name, formula: $0.formula, required: $0.required) },
            requiredColumns: requiredColumns, hyperparameters: [:], gates: [], judgement: [:])
    }

    /// Features that look back as far as they can in every way there is.
    static let wideModel = model([
        ("x", "x", true), ("y_before", "lag(y, 1)", true), ("x_mean", "rolling_mean(x, 6)", true),
        ("x_std", "rolling_std(x, 4)", true), ("x_median", "rolling_median(x, 5)", true), ("step", "diff(x, 2)", true),
        ("ratio", "x / (code - 1)", true), ("code", "code", true),
    ])

    static func selection(
        _ model: ModelDefinition, columns: Set<String> = ["x", "y", "code", "label"]
    ) throws -> FeatureSelection {
        try FeatureSelection(.bandwidth, definition: model, schema: schema, availableColumns: columns)
    }
}

extension TelemetryTable {
    /// The given rows as a file of their own would be read: same order, links numbered by first appearance.
    func keeping(_ rows: [Int]) -> TelemetryTable {
        var links: [LinkKey] = []
        let linkOfRow = rows.map { row in
            let key = self.links[Int(self.linkOfRow[row])]
            if !links.contains(key) { links.append(key) }
            return Int32(links.firstIndex(of: key) ?? 0)
        }
        return TelemetryTable(
            timestamps: rows.map { timestamps[$0] }, linkOfRow: linkOfRow, links: links,
            columns: columns.mapValues { column in rows.map { column[$0] } })
    }
}

extension [Float] {
    var bits: [UInt32] { map(\.bitPattern) }
}
