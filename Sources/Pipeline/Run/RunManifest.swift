import Files
import Foundation

/// What went into a run and what came out, with fingerprints: `run_manifest.json`. Written last; a folder without it holds no
/// finished run.
public struct RunManifest: Sendable, Codable, Equatable {
    /// Of this file's layout.
    public var formatVersion = 1
    public var run: String
    /// ISO 8601, UTC.
    public var startedAt: String
    public var finishedAt: String
    public var exitCode: Int32
    /// The exact command, ready to paste into a shell.
    public var command: String
    public var workingDirectory: String
    public var gitRevision: String?
    public var seed: UInt64
    /// Every setting in effect, defaults included.
    public var settings: TrainAllOptions
    public var inputs: [FileRecord]
    /// Artifacts, reports, plots and logs; paths relative to the checkpoints folder, or to the reports folder behind `reports:`.
    public var outputs: [FileRecord]
    /// Name and version of this program and of the libraries it ran with.
    public var libraryVersions: [String: String]
    public var host: Host

    /// A file and its fingerprint.
    public struct FileRecord: Sendable, Codable, Equatable {
        public var role: String
        public var path: String
        public var bytes: Int
        public var sha256: String

        public init(role: String, path: String, bytes: Int, sha256: String) {
            self.role = role
            self.path = path
            self.bytes = bytes
            self.sha256 = sha256
        }

        /// Fingerprints the file at `path`.
        /// - Parameter listedAs: the path to record; `path` itself when absent.
        /// - Throws: `FileError` when the file cannot be read.
        public init(role: String, path: String, listedAs: String? = nil) throws {
            let size = try? FileManager.default.attributesOfItem(atPath: path)[.size] as? Int
            self.init(role: role, path: listedAs ?? path, bytes: size ?? 0, sha256: try SHA256.hexDigest(ofFile: path))
        }
    }

    /// The machine a run was made on.
    public struct Host: Sendable, Codable, Equatable {
        public var name: String
        public var operatingSystem: String
        public var processor: String
        public var cores: Int
        public var memoryBytes: UInt64

        public init(name: String, operatingSystem: String, processor: String, cores: Int, memoryBytes: UInt64) {
            self.name = name
            self.operatingSystem = operatingSystem
            self.processor = processor
            self.cores = cores
            self.memoryBytes = memoryBytes
        }

        public static var current: Host {
            let info = ProcessInfo.processInfo
            let description = (try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8)) ?? ""
            let model = description.split(separator: "\n").first { $0.hasPrefix("model name") }
            let processor = model?.split(separator: ":").last.map { $0.trimmingCharacters(in: .whitespaces) }
            return Host(
                name: info.hostName, operatingSystem: info.operatingSystemVersionString, processor: processor ?? "unknown",
                cores: info.activeProcessorCount, memoryBytes: info.physicalMemory)
        }
    }

    public init(
        run: String, startedAt: String, finishedAt: String, exitCode: Int32, command: String, gitRevision: String?, seed: UInt64,
        settings: TrainAllOptions, inputs: [FileRecord], outputs: [FileRecord], libraryVersions: [String: String],
        host: Host = .current, workingDirectory: String? = nil
    ) {
        self.run = run
        self.startedAt = startedAt
        self.finishedAt = finishedAt
        self.exitCode = exitCode
        self.command = command
        self.gitRevision = gitRevision
        self.seed = seed
        self.settings = settings
        self.inputs = inputs
        self.outputs = outputs
        self.libraryVersions = libraryVersions
        self.host = host
        self.workingDirectory = workingDirectory ?? FileManager.default.currentDirectoryPath
    }

    /// The paths that the run produced, as listed.
    public var producedFiles: [String] { outputs.map(\.path) }

    public static func read(_ path: String) throws -> RunManifest { try ReportJSON.read(RunManifest.self, at: path) }

    public func write(to path: String) throws { try ReportJSON.write(self, to: path) }
}
