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
    private let schema: Schema
    /// Without spaces, keys sorted.
    private let original: String

    init() throws {
        folder = try TemporaryFolder()
        schema = try PlainSchema.make()
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        original = String(decoding: try encoder.encode(schema), as: UTF8.self)
    }

    private func problems(_ text: String) throws -> [String] {
        let path = try folder.file("schema.json", text)
        let error = #expect(throws: SchemaError.self) { try Schema.load(path) }
        #expect(error?.category == .invalidData)
        return error?.problems ?? []
    }

    private func problems(replacing old: String, with new: String) throws -> [String] {
        let changed = original.replacingOccurrences(of: old, with: new)
        #expect(changed != original, "the schema does not contain \(old)")
        return try problems(changed)
    }

    @Test("a schema written by the encoder loads")
    func roundTrip() throws {
        #expect(try Schema.load(folder.file("schema.json", original)) == schema)
    }

    @Test("unknown keys are refused on every level", arguments: [
        ("\"gap_factor\":2.5", "\"gap_factor\":2.5,\"gap_facto\":3", "quality.gap_facto"),
        ("\"version\":", "\"colour\":1,\"version\":", "colour"),
        ("\"group\":\"temporal\"", "\"group\":\"temporal\",\"max\":5", "columns[].max"),
        ("\"window_length\":20", "\"window\":9,\"window_length\":20", "models.latency.window"),
        ("\"direction\":\"below\"", "\"direction\":\"below\",\"limit\":9", "models.*.gates[].limit"),
    ])
    func unknownKeys(old: String, new: String, expected: String) throws {
        let found = try problems(replacing: old, with: new)
        #expect(!found.isEmpty)
        for problem in found {
            // The same text may stand in several columns and models.
            let place = problem.replacing(/\[\d+\]/, with: "[]").replacing(/models\.\w+\.gates/, with: "models.*.gates")
            #expect(place == "unknown key `\(expected)`: misspelt, or in the wrong place")
        }
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
        #expect(try problems(replacing: "\"version\":", with: "\"colour\":1e999,\"version\":").first?.isEmpty == false)
        #expect(try problems("[]").first?.contains("expected an object") == true)
        #expect(try problems(replacing: "\"seed\":42", with: "\"seed\":\"x\"") == ["split.seed: expected a whole number"])
        #expect(try problems(replacing: "\"after_decision\"", with: "\"later\"").first?.contains("columns[") == true)
    }

    /// A change that makes a schema inconsistent, and a part of what must be said about it.
    struct Spoilt: Sendable, CustomTestStringConvertible {
        let expected: String
        let change: @Sendable (inout Schema) -> Void

        init(_ expected: String, _ change: @escaping @Sendable (inout Schema) -> Void) {
            self.expected = expected
            self.change = change
        }

        /// Changes the definition of a column.
        init(_ expected: String, column: String, _ change: @escaping @Sendable (inout ColumnDefinition) -> Void) {
            self.init(expected) { schema in
                for index in schema.columns.indices where schema.columns[index].name == column {
                    change(&schema.columns[index])
                    return
                }
            }
        }

        /// Replaces the formula of the compression selector's first feature.
        init(_ expected: String, formula: String) {
            self.init(expected) { $0.models[.compression]?.features[0].formula = formula }
        }

        var testDescription: String { expected }
    }

    static let spoilt = [
        Spoilt("columns: `region` is defined twice", column: "az") { $0.name = "region" },
        Spoilt("column `az b`: formulas can use no such name", column: "az") { $0.name = "az b" },
        Spoilt("column `az`: its group `network`", column: "az") { $0.group = "network" },
        Spoilt("column `link_type`: a categorical column lists", column: "link_type") { $0.categories = nil },
        Spoilt("its category `a` is listed twice", column: "link_type") { $0.categories = ["a", "b", "a"] },
        Spoilt("only categorical columns list categories", column: "rtt_ms") { $0.categories = ["a"] },
        Spoilt("above its maximum", column: "rtt_ms") { $0.minimum = 1e9 },
        Spoilt("only numbers have a minimum", column: "az") { $0.minimum = 0 },
        Spoilt("its missing_limit 2.0 is not a share", column: "az") { $0.missingLimit = 2 },
        Spoilt("column `timestamp`: its type must be datetime", column: "timestamp") { $0.type = .string },
        Spoilt("column `peer_id`: it must be required", column: "peer_id") { $0.required = false },
        Spoilt("columns: `node_id` is not defined") { $0.columns.removeAll { $0.name == "node_id" } },
        Spoilt("groups: no column belongs to `spare`") { $0.groups.append("spare") },
        Spoilt("split: train, validation and test sum to 0.9, not to 1") { $0.split.train = 0.6 },
        Spoilt("shorter than the longest window, 20") { $0.split.embargoSteps = 19 },
        Spoilt("gate `mpe`: no such metric") { $0.models[.bandwidth]?.gates[0].metric = "mpe" },
        Spoilt("no such flag `--target-map`") { $0.models[.bandwidth]?.gates[0].flag = "--target-map" },
        Spoilt("gates: the list is empty") { $0.models[.bandwidth]?.gates = [] },
        Spoilt("models: `latency` is not defined") { $0.models[.latency] = nil },
        Spoilt("required column `speed` is not defined") { $0.models[.latency]?.requiredColumns = ["speed"] },
        Spoilt("hyperparameters: `epochs` must be") { $0.models[.latency]?.hyperparameters["epochs"] = -1 },
        Spoilt("window_length 0") { $0.models[.latency]?.windowLength = 0 },
        Spoilt("two features are called rtt_ms") { $0.models[.bandwidth]?.features[0].name = "rtt_ms" },
        Spoilt("reads jiter_ms, which the schema does not know", formula: "jiter_ms"),
        Spoilt("reads rtt_ms of the row it decides about", formula: "rtt_ms"),
        Spoilt("reads rtt_ms of the row it decides about", formula: "lag(rtt_ms, 1) + rtt_ms"),
        Spoilt("cannot read the formula", formula: "lag(rtt_ms, -1)"),
        Spoilt("reads is_anomaly, which is a label", formula: "log1p(is_anomaly)"),
        Spoilt("reads region, which holds text", formula: "region"),
        Spoilt("target `is_anomaly`: no column `anomaly`") { $0.targets[3].column = "anomaly" },
        Spoilt("kind `outlier` is none of") { $0.targets[3].kind = "outlier" },
        Spoilt("affecting_consensus: `rain` is not among") { $0.incidents.affectingConsensus = ["rain"] },
        Spoilt("default_duration_seconds must be above 0") { $0.incidents.defaultDurationSeconds = 0 },
        Spoilt("gap_factor must be above 1") { $0.quality.gapFactor = 1 },
        Spoilt("minimum_rows must be 1 or more") { $0.quality.minimumRows = 0 },
    ]

    @Test("each inconsistency is found", arguments: spoilt)
    func inconsistencies(_ spoilt: Spoilt) {
        var schema = schema
        #expect(schema.consistencyProblems().isEmpty)
        spoilt.change(&schema)
        let found = schema.consistencyProblems()
        #expect(found.contains { $0.contains(spoilt.expected) }, "found \(found)")
    }

    @Test("all inconsistencies are reported at once")
    func allAtOnce() throws {
        let text = original.replacingOccurrences(of: "\"train\":0.7", with: "\"train\":0.6")
            .replacingOccurrences(of: "\"gap_factor\":2.5", with: "\"gap_factor\":0.5")
            .replacingOccurrences(of: "\"name\":\"az\"", with: "\"name\":\"region\"")
        #expect(try problems(text).count == 3)
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
