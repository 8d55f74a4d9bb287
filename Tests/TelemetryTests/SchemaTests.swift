import Failures
import Foundation
import Testing

@testable import Telemetry

@Suite struct SchemaTests {
    @Test("the shipped schema has 11 groups, more than 60 columns, 5 targets and all 4 models")
    func shippedSchema() throws {
        let schema = try ShippedSchema.load()
        #expect(schema.groups.count == 11)
        #expect(schema.columns.count >= 60)
        #expect(Set(schema.columns.map(\.group)) == Set(schema.groups))
        #expect(
            schema.targets.map(\.name)
                == ["throughput_mbps", "bandwidth_class", "optimal_compression", "is_anomaly", "consensus_latency_ms"])
        #expect(Set(schema.models.keys) == Set(ModelKind.allCases))
        #expect(schema.columns.allSatisfy { !$0.meaning.isEmpty })
    }

    @Test("categories stand in the documented order, because codes are positions")
    func categories() throws {
        let schema = try ShippedSchema.load()
        #expect(schema.column("link_type")?.categories == ["dc", "metro", "wan", "edge"])
        #expect(schema.column("network_tier")?.categories == ["tier1", "tier2", "tier3"])
        #expect(schema.column("dwcp_mode")?.categories == ["standard", "optimized", "resilient"])
        #expect(schema.column("transport_type")?.categories == ["tcp", "udp", "quic"])
        #expect(schema.column("node_role")?.categories == ["coordinator", "worker", "edge"])
        #expect(schema.column("bandwidth_class")?.categories == ["good", "degraded", "bad"])
    }

    @Test("defaults and gates are those of the specification")
    func defaults() throws {
        let models = try ShippedSchema.load().models
        func gates(_ kind: ModelKind) -> [String: Double] {
            Dictionary(uniqueKeysWithValues: (models[kind]?.gates ?? []).map { ($0.metric, $0.target) })
        }
        let shared = ["training_time_seconds": 7200.0, "model_size_mb": 10, "inference_p99_ms": 10]
        #expect(gates(.bandwidth) == shared.merging(["correlation": 0.98, "mape": 5]) { $1 })
        #expect(gates(.compression) == shared.merging(["accuracy": 0.98, "gain": 0]) { $1 })
        #expect(
            gates(.reliability)
                == shared.merging(["incident_recall": 0.98, "pr_auc": 0.9, "false_positive_rate": 0.05]) { $1 })
        #expect(gates(.latency) == shared.merging(["detection_accuracy": 0.98, "episode_recall": 0.98]) { $1 })
        #expect(models[.bandwidth]?.windowLength == 10)
        #expect(models[.latency]?.windowLength == 20)
        let epochs = models.mapValues { $0.hyperparameters["epochs"] }
        #expect(epochs == [.bandwidth: 100, .compression: 50, .latency: 50, .reliability: nil])
        #expect(models[.reliability]?.hyperparameters["sample_size"] == 256)
        #expect(models[.compression]?.decidesBeforeRow == true)
    }

    @Test("every column of the older recorder is defined, and its columns are enough for all four models")
    func olderRecorder() throws {
        let schema = try ShippedSchema.load()
        let older = Set(TelemetrySample.olderColumns)
        #expect(older.count == 26)
        #expect(older.isSubset(of: Set(schema.columns.map(\.name))))
        for model in ModelKind.allCases { #expect(older.isSuperset(of: schema.columnsRequired(by: model))) }
    }

    @Test("labels and the emulator's truth are never features")
    func neverFeatures() throws {
        let schema = try ShippedSchema.load()
        for name in ["incident_id", "incident_type", "is_anomaly", "available_rate_mbps", "optimal_compression"] {
            #expect(schema.column(name)?.availability == .neverFeature)
            for model in ModelKind.allCases { #expect(!schema.columnsUsed(by: model).contains(name)) }
        }
    }

    @Test("optional features' columns are used but not required")
    func usedColumns() throws {
        let schema = try ShippedSchema.load()
        let required = schema.columnsRequired(by: .compression)
        #expect(required.contains("hde_compression_ratio"))
        #expect(!required.contains("payload_entropy"))
        #expect(schema.columnsUsed(by: .compression).contains("payload_entropy"))
    }

    @Test("a missing schema is a missing input, a folder too")
    func missing() throws {
        for path in ["/nowhere/schema.json", NSTemporaryDirectory()] {
            let error = #expect(throws: InputFileError.self) { try Schema.load(path) }
            #expect(error?.category == .missingInput)
            #expect(error?.description.contains(path) == true)
        }
    }
}

/// Documents that must be refused, and what the refusal must say.
@Suite struct SchemaRefusalTests {
    private let folder: TemporaryFolder
    private let original: String

    init() throws {
        folder = try TemporaryFolder()
        original = try String(contentsOfFile: ShippedSchema.path, encoding: .utf8)
    }

    private func problems(_ text: String) throws -> [String] {
        let path = try folder.file("schema.json", text)
        let error = #expect(throws: SchemaError.self) { try Schema.load(path) }
        #expect(error?.category == .invalidData)
        return error?.problems ?? []
    }

    private func problems(replacing old: String, with new: String) throws -> [String] {
        let changed = original.replacingOccurrences(of: old, with: new)
        #expect(changed != original, "the shipped schema no longer contains \(old)")
        return try problems(changed)
    }

    @Test("unknown keys are refused on every level", arguments: [
        ("\"gap_factor\": 2.5", "\"gap_factor\": 2.5, \"gap_facto\": 3", "quality.gap_facto"),
        ("\"version\": \"1.0.0\"", "\"version\": \"1.0.0\", \"colour\": 1", "colour"),
        ("\"name\": \"rtt_ms\", \"group\"", "\"name\": \"rtt_ms\", \"max\": 5, \"group\"", "].max"),
        ("\"window_length\": 20", "\"window_length\": 20, \"window\": 9", "models.latency.window"),
        ("\"metric\": \"mape\"", "\"metric\": \"mape\", \"limit\": 9", "].limit"),
    ])
    func unknownKeys(old: String, new: String, expected: String) throws {
        let found = try problems(replacing: old, with: new)
        #expect(found.count == 1)
        #expect(found[0].contains("unknown key `") && found[0].contains(expected))
    }

    @Test("a missing key names its place and the keys that stand there")
    func missingKey() throws {
        let found = try problems(replacing: "\"gap_factor\"", with: "\"gap_facto\"")
        #expect(found.count == 1)
        #expect(found[0].contains("quality has no key `gap_factor`"))
        #expect(found[0].contains("gap_facto,"))
    }

    @Test("broken JSON and wrong types are explained")
    func broken() throws {
        #expect(try problems("{\"version\": ").first?.contains("not valid JSON") == true)
        #expect(try problems("[]").first?.contains("expected an object") == true)
        #expect(try problems(replacing: "\"seed\": 42", with: "\"seed\": \"x\"") == ["split.seed: expected a whole number"])
        #expect(try problems(replacing: "\"after_decision\"", with: "\"later\"").first?.contains("columns[") == true)
    }

    @Test("each inconsistency is found", arguments: [
        ("\"name\": \"az\"", "\"name\": \"region\"", "columns: `region` is defined twice"),
        ("\"az\", \"group\": \"network topology\"", "\"az\", \"group\": \"network\"", "column `az`: its group `network`"),
        ("\"categories\": [\"dc\", \"metro\", \"wan\", \"edge\"], ", "", "column `link_type`: a categorical column lists"),
        ("[\"tier1\", \"tier2\", \"tier3\"]", "[\"tier1\", \"tier1\"]", "its category `tier1` is listed twice"),
        ("\"train\": 0.7", "\"train\": 0.6", "split: train, validation and test sum to 0.9, not to 1"),
        ("\"embargo_steps\": 20", "\"embargo_steps\": 19", "shorter than the longest window, 20"),
        ("\"metric\": \"mape\"", "\"metric\": \"mpe\"", "gate `mpe`: no such metric"),
        ("\"--target-mape\"", "\"--target-map\"", "no such flag `--target-map`"),
        ("\"formula\": \"jitter_ms\"", "\"formula\": \"jiter_ms\"", "names `jiter_ms`, which is no column"),
        ("lag(rtt_ms, 1)", "rtt_ms", "`rtt_ms` is known only after the decision: write lag(rtt_ms, 1)"),
        ("lag(rtt_ms, 1)", "lag(rtt_ms, 0)", "`rtt_ms` is known only after the decision"),
        ("lag(rtt_ms, 1)", "lag(rtt_ms, -1)", "`rtt_ms` is known only after the decision"),
        ("log1p(sample_bytes)", "log1p(is_anomaly)", "`is_anomaly` is a label"),
        ("log1p(sample_bytes)", "log1p(region)", "`region` is a string column"),
        ("\"minimum\": 0, \"maximum\": 60000", "\"minimum\": 70000, \"maximum\": 60000", "above its maximum"),
        ("\"name\": \"timestamp\", \"group\": \"temporal\", \"type\": \"datetime\"",
            "\"name\": \"timestamp\", \"group\": \"temporal\", \"type\": \"string\"", "its type must be datetime"),
        ("\"column\": \"is_anomaly\"", "\"column\": \"anomaly\"", "target `is_anomaly`: no column `anomaly`"),
        ("\"kind\": \"anomaly\"", "\"kind\": \"outlier\"", "kind `outlier` is none of"),
        ("\"affecting_consensus\": [", "\"affecting_consensus\": [\"rain\", ", "`rain` is not among the types"),
        ("\"name\": \"jitter_ms\", \"formula\"", "\"name\": \"rtt_ms\", \"formula\"", "feature `rtt_ms` is defined twice"),
        ("\"required_columns\": [\"throughput_mbps\"]", "\"required_columns\": [\"speed\"]", "`speed` is not defined"),
        ("\"default_duration_seconds\": 60", "\"default_duration_seconds\": 0", "default_duration_seconds must be above 0"),
        ("\"learning_rate\": 0.001", "\"learning_rate\": -1", "hyperparameters: `learning_rate` must be"),
        ("\"gap_factor\": 2.5", "\"gap_factor\": 1", "gap_factor must be above 1"),
    ])
    func inconsistencies(old: String, new: String, expected: String) throws {
        let found = try problems(replacing: old, with: new)
        #expect(found.contains { $0.contains(expected) }, "found \(found)")
    }

    @Test("all inconsistencies are reported at once")
    func allAtOnce() throws {
        let text = original.replacingOccurrences(of: "\"train\": 0.7", with: "\"train\": 0.6")
            .replacingOccurrences(of: "\"metric\": \"mape\"", with: "\"metric\": \"mpe\"")
            .replacingOccurrences(of: "\"name\": \"az\"", with: "\"name\": \"region\"")
        #expect(try problems(text).count == 3)
    }
}

@Suite struct SchemaFormulaTests {
    @Test("references are the columns, not the functions, with their smallest lag", arguments: [
        ("rtt_ms", ["rtt_ms": 0]),
        ("log1p(lag(throughput_mbps, 1))", ["throughput_mbps": 1]),
        ("rolling_mean(lag(a, 2), 10) - b * 1e-3", ["a": 2, "b": 0]),
        ("lag(a + lag(b,3), 1)/max(c,0.5)", ["a": 1, "b": 4, "c": 0]),
        ("coalesce(lag(a , 2 ), clip(b, 0, 1e+5))", ["a": 2, "b": 0]),
        ("diff(a, 4)", ["a": 0]),
        ("lag(a, k)", ["a": 0, "k": 0]),
        ("1 + 2", [:]),
        ("lag((", [:]), ("))(", [:]), ("", [:]), ("lag(a, 99999999999999999999)", ["a": 0]),
    ])
    func references(formula: String, expected: [String: Int]) {
        let found = FormulaReferences.find(in: formula)
        #expect(Dictionary(found.map { ($0.column, $0.lag) }, uniquingKeysWith: min) == expected)
    }
}

@Suite struct SchemaCodecProfileTests {
    private let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    @Test("the shipped profile interpolates its curves and extends the last line")
    func shipped() throws {
        let profile = try CodecProfile.load(ShippedSchema.codecPath)
        for base in [0.5, 1, 2.7, 40, 90] { #expect(profile.ratio(level: 0, baseRatio: base) == 1) }
        for base in [1, 1.3, 3, 7.5, 50, 80] {
            #expect(abs(profile.ratio(level: profile.referenceLevel, baseRatio: base) - base) < 1e-12 * base)
        }
        // Level 9 between the points (2, 2.144) and (3, 3.184), and beyond (20, 28.08), (50, 74.5).
        #expect(abs(profile.ratio(level: 9, baseRatio: 2.5) - 2.664) < 1e-12)
        #expect(abs(profile.ratio(level: 9, baseRatio: 80) - 120.92) < 1e-9)
        #expect(profile.ratio(level: 5, baseRatio: 0.2) == 1)
        #expect(profile.ratio(level: 5, baseRatio: .nan).isNaN)
        #expect(profile.compressMicroseconds(level: 1, bytes: 443_700) == 1000)
        for level in 1..<9 {
            let times = [level, level + 1].map { profile.compressMicroseconds(level: $0, bytes: 1e6) }
            #expect(times[0] < times[1])
        }
    }

    @Test("a broken profile is refused with every reason")
    func refused() throws {
        let text = try String(contentsOfFile: ShippedSchema.codecPath, encoding: .utf8)
            .replacingOccurrences(of: "443.7", with: "0").replacingOccurrences(of: "[2, 1.973]", with: "[9, 1.973]")
            .replacingOccurrences(of: "\"level\": 4", with: "\"level\": 3")
        let path = try folder.file("codec.json", text)
        let error = #expect(throws: SchemaError.self) { try CodecProfile.load(path) }
        #expect(error?.problems.count == 3)
    }
}
