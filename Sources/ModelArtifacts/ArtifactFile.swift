import Foundation

/// Reads artifact files whole, never more than `ArtifactLimits.fileBytes`.
enum ArtifactFile {
    /// - Throws: `ArtifactError` when the file is missing, cannot be read, or is too large.
    static func read(_ path: String) throws(ArtifactError) -> Data {
        let attributes = try? FileManager.default.attributesOfItem(atPath: path)
        guard let attributes else {
            throw ArtifactError(.missing, .read, path, "there is no such file", advice: "check the path")
        }
        guard attributes[.type] as? FileAttributeType != .typeDirectory else {
            throw ArtifactError(.missing, .read, path, "a folder stands there", advice: "give the path of a file")
        }
        do {
            let file = try FileHandle(forReadingFrom: URL(fileURLWithPath: path))
            defer { try? file.close() }
            // One byte more than allowed tells a file that is too large, also when its size is not known before.
            let data = try file.read(upToCount: ArtifactLimits.fileBytes + 1) ?? Data()
            guard data.count <= ArtifactLimits.fileBytes else {
                throw ArtifactError(
                    .tooLarge, .read, path, "it has more than \(ArtifactLimits.fileBytes) bytes",
                    advice: "check that this is a model")
            }
            return data
        } catch let error as ArtifactError {
            throw error
        } catch {
            throw ArtifactError(.missing, .read, path, error.localizedDescription, advice: "check the path and its rights")
        }
    }
}
