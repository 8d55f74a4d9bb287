import Evaluation
import Failures
import Files
import Foundation
import ModelArtifacts
import ModelGraph
import Telemetry

/// Writes a trained model into a file that is then proven to be that model, or refused and removed.
///
/// Two proofs, each of which finds what the other cannot: the file is read back from disk and must hold every number, bit for bit, and
/// it is executed from disk and must answer some rows as the trainer did, which shows that gates and features are where other
/// programs look for them.
struct ArtifactExport {
    let graph: ModelGraph
    /// Inputs `[batch, …]` and the trainer's own outputs for them.
    let check: (inputs: Tensor, outputs: Tensor)
    /// Replaced by tests that damage what is written.
    var write: (ModelGraph, String) throws -> Void = { try ModelFile.write($0, to: $1) }

    /// Writes and proves the file at `path`.
    /// - Throws: `ExportRefused` when the file is not the model; nothing is left at `path` then. What writing throws.
    func file(_ path: String, of kind: ModelKind) throws -> ArtifactRecord {
        try write(graph, path)
        do {
            guard try ModelFile.holds(graph, at: path) else {
                throw ExportRefused(path: path, finding: "it does not hold the trained numbers bit for bit")
            }
            let difference = try ArtifactVerification.largestDifference(
                try WrittenModel(kind, path: path), inputs: check.inputs, outputs: check.outputs)
            guard difference <= ArtifactRecord.tolerance else {
                throw ExportRefused(
                    path: path, finding: "executed from disk, its outputs differ from the trainer's by \(difference) · "
                        + "max(1, |value|), more than \(ArtifactRecord.tolerance)")
            }
            var record = try ArtifactRecord(path: path)
            record.reexecutedDifference = difference
            record.contractViolations = path.hasSuffix(".onnx") ? try ClientContract.violations(path: path) : nil
            return record
        } catch {
            try? FileManager.default.removeItem(atPath: path)
            throw error
        }
    }
}

/// A written file that is not the trained model.
struct ExportRefused: ExplainedError, Equatable {
    let path: String
    let finding: String

    var category: FailureCategory { .failure }

    var description: String {
        "cannot export \(path): \(finding), so it was removed; check the disk, and report this as a defect if it happens again"
    }
}
