import Evaluation
import Failures
import Files
import Foundation
import ModelArtifacts
import ModelGraph

/// `dwcp convert`: writes a model in another format, executes the new file and compares.
public enum ConvertModel {
    /// Rows that both files must answer equally, within `ArtifactRecord.tolerance`.
    private static let checkedRows = 64

    /// - Parameter weights: the weights of a `.json` architecture.
    /// - Throws: an `ExplainedError`; a file that computes something else is not left behind.
    public static func run(from source: String, weights: String?, to target: String) throws -> CommandResult {
        let graph = try ModelFile.layers(source, weights: weights)
        let written = try ModelFile.write(graph, to: target)
        do {
            let original = try RunnableModel(source, weights: weights)
            let inputs = SampleInputs.make(for: graph, rows: checkedRows)
            let difference = try OutputComparison(
                original.run(inputs), try RunnableModel(target).run(inputs),
                names: (source, target))
            guard difference.largestScaled <= ArtifactRecord.tolerance else {
                throw ConversionError(source: source, target: target, difference: difference.largestScaled)
            }
            return CommandResult(
                output: "", conclusion: .success(
                    "wrote \(target); executed from disk, it differs from \(source) by at most \(difference.largestAbsolute) "
                        + "on \(checkedRows) random rows"))
        } catch {
            for path in written { try? FileManager.default.removeItem(atPath: path) }
            throw error
        }
    }
}

/// A written file that does not compute what its source does.
struct ConversionError: ExplainedError {
    let source: String
    let target: String
    let difference: Double

    var category: FailureCategory { .failure }

    var description: String {
        "cannot convert \(source) to \(target): the new file's outputs differ by \(difference) · max(1, |value|), more than "
            + "\(ArtifactRecord.tolerance), and it was removed; report this as a defect"
    }
}
