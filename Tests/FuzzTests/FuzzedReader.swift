import Failures
import Foundation
import ModelArtifacts
import ModelGraph
import Telemetry
import TestSupport
import Testing

/// A reader of outside bytes, with valid files to start from.
struct FuzzedReader: Sendable, CustomTestStringConvertible {
    let name: String
    /// How many bytes of memory a byte of the file may cost at most: what `ArtifactLimits` and the readers' comments state.
    let memoryFactor: Int
    /// Whether damage is thrown as an error; else it is listed as findings, and a file with findings is read to its end.
    var throwsOnDamage = true
    let seeds: @Sendable () throws -> [Data]
    let read: @Sendable (Data) throws -> Void

    var testDescription: String { name }

    /// What reading costs whatever the file's size: buffers, and the allocator's own slack over thousands of rounds.
    static let memoryFloor = 64 << 20

    static let all = [csv, gzippedCSV, incidents, schema, kerasArchive, kerasHDF5, kerasJSON, numPyArchive, numPyArray, onnx, pickle]

    /// Those whose name contains DWCP_FUZZ_READER, or all.
    static let chosen: [FuzzedReader] = {
        let name = ProcessInfo.processInfo.environment["DWCP_FUZZ_READER"] ?? ""
        return name.isEmpty ? all : all.filter { $0.name.contains(name) }
    }()

    // MARK: Telemetry

    private static let csv = FuzzedReader(
        name: "csv", memoryFactor: 64, throwsOnDamage: false, seeds: { [telemetry] }, read: readTelemetry)

    private static let gzippedCSV = FuzzedReader(
        name: "csv.gz", memoryFactor: ArtifactLimits.deflateRatio, throwsOnDamage: false,
        seeds: { [try Fixture.data("Fuzz/telemetry.csv.gz")] }, read: readTelemetry)

    private static let incidents = FuzzedReader(
        name: "incidents json", memoryFactor: 256, throwsOnDamage: false, seeds: { [Data(incidentsText.utf8)] },
        read: { bytes in
            let schema = try Fixture.schema()
            try inFile(bytes, "json") { path in _ = try IncidentFile.read(path, schema: schema) }
        })

    private static let schema = FuzzedReader(
        name: "schema json", memoryFactor: 256,
        seeds: {
            let path = Fixture.repository.appendingPathComponent("schemas/dwcp_training_schema.json")
            return [try Data(contentsOf: path)]
        },
        read: { bytes in try inFile(bytes, "json") { path in _ = try Schema.load(path) } })

    @Sendable private static func readTelemetry(_ bytes: Data) throws {
        let schema = try Fixture.schema()
        try inFile(bytes, "csv") { path in
            let report = try TelemetryValidator.validate(path, schema: schema)
            // The text of every finding is made of the file's bytes too.
            #expect(!report.text().isEmpty)
        }
    }

    private static let telemetry: Data = {
        var text = "timestamp,node_id,peer_id,link_type,rtt_ms,throughput_mbps,packet_loss\r\n"
        for second in 0 ..< 30 {
            for (node, peer) in [("a", "b"), ("b", "a")] {
                let time = second < 10 ? "2026-01-01T00:00:0\(second)Z" : "2026-01-01T00:00:\(second)Z"
                text += "\(time),\(node),\"\(peer)\",wan,\(20 + second % 7).5,\(900 + second)e-1,\(second % 5 == 0 ? "" : "0.01")\n"
            }
        }
        return Data(text.utf8)
    }()

    private static let incidentsText = """
        [{"start": "2026-01-01T00:00:05Z", "end": "2026-01-01T00:00:09Z", "node_id": "a", "peer_id": "b",
          "incident_type": "link_failure", "severity": "major", "resolved": true},
         {"timestamp": 1767225612, "node_id": "b", "incident_type": "node_overload", "severity": "minor", "resolved": false}]
        """

    // MARK: Models

    private static let kerasArchive = FuzzedReader(
        name: "keras archive (zip)", memoryFactor: ArtifactLimits.deflateRatio,
        seeds: { try ["bandwidth.keras", "policy_deflated.keras", "operations.keras"].map { try Fixture.data("Keras/\($0)") } },
        read: { _ = try KerasArchive.decode($0, path: "memory") })

    private static let kerasHDF5 = FuzzedReader(
        name: "keras model (hdf5)", memoryFactor: ArtifactLimits.deflateRatio,
        seeds: { try models().map { try written($0, "model.h5") } },
        read: { bytes in try inFile(bytes, "h5") { _ = try KerasFile.read($0) } })

    private static let kerasJSON = FuzzedReader(
        name: "keras model (json)", memoryFactor: 256, seeds: { [try written(try models()[0], "model.json")] },
        read: { bytes in
            try inFile(bytes, "json") { path in
                try inFile(try weights.get(), "weights.h5") { _ = try KerasFile.read(path, weights: $0) }
            }
        })

    /// Most mutations of the model's text end before they are asked for.
    private static let weights = Result { try written(try models()[0], "model.json", reading: "model.weights.h5") }

    private static let numPyArchive = FuzzedReader(
        name: "npz", memoryFactor: ArtifactLimits.deflateRatio,
        seeds: { try ["stored.npz", "deflated.npz"].map { try Fixture.data("Keras/\($0)") } },
        read: { _ = try NumPyArchive.decode($0, path: "memory") })

    private static let numPyArray = FuzzedReader(
        name: "npy", memoryFactor: 16, seeds: { [try Fixture.data("Keras/policy_input.npy")] },
        read: { _ = try NumPyArray.decode($0, path: "memory") })

    private static let onnx = FuzzedReader(
        name: "onnx", memoryFactor: 256, seeds: { try models().map(OnnxFile.encode) },
        read: { bytes in
            let operators = try OnnxFile.decode(bytes, path: "memory")
            _ = try OnnxFile.model(of: operators)
        })

    private static let pickle = FuzzedReader(
        name: "pickle", memoryFactor: 256,
        seeds: { try ["bootstrap", "optimized", "protocol_2", "protocol_5"].map { try Fixture.data("SklearnPickles/\($0).pkl") } },
        read: { _ = try SklearnPickle.decode($0, path: "memory") })

    private static func models() throws -> [ModelGraph] {
        try ["policy.keras", "operations.keras"].map { try KerasArchive.decode(Fixture.data("Keras/\($0)"), path: $0) }
    }

    // MARK: Files

    /// A model written as a file, and the bytes of that file or of one that was written with it.
    private static func written(_ graph: ModelGraph, _ name: String, reading other: String? = nil) throws -> Data {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("fuzz-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        try KerasFile.write(graph, to: folder.appendingPathComponent(name).path)
        return try Data(contentsOf: folder.appendingPathComponent(other ?? name))
    }

    private static func inFile(_ bytes: Data, _ ending: String, _ body: (String) throws -> Void) throws {
        let url = FileManager.default.temporaryDirectory.appendingPathComponent("fuzz-\(UUID().uuidString).\(ending)")
        try bytes.write(to: url)
        defer { try? FileManager.default.removeItem(at: url) }
        try body(url.path)
    }
}
