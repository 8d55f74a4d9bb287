/// A written artifact: its fingerprint, and what re-executing it from disk showed.
public struct ArtifactRecord: Sendable, Codable, Equatable {
    /// Without the folder.
    public var file: String
    public var bytes: Int
    public var sha256: String
    /// Largest |a − b| / max(1, |b|) between the file's outputs and the trainer's own on the same rows; absent when the file was
    /// not executed again.
    public var reexecutedDifference: Double?
    /// For ONNX: what the client contract (tensors `input` and `output`, float32, dynamic batch, complete metadata) misses.
    /// Absent for other formats.
    public var contractViolations: [String]?

    /// The largest difference that still counts as agreement.
    public static let tolerance = 1e-5

    /// |a − b| / max(1, |b|), what `tolerance` is about; NaN where a value is none.
    static func difference(_ found: Float, _ expected: Float) -> Double {
        abs(Double(found) - Double(expected)) / max(1, abs(Double(expected)))
    }

    public init(
        file: String, bytes: Int, sha256: String, reexecutedDifference: Double? = nil, contractViolations: [String]? = nil
    ) {
        self.file = file
        self.bytes = bytes
        self.sha256 = sha256
        self.reexecutedDifference = reexecutedDifference
        self.contractViolations = contractViolations
    }

    public var agrees: Bool { reexecutedDifference.map { $0 <= Self.tolerance } ?? false }
}
