import Files
public import Foundation
public import ModelGraph

/// NumPy's `.npz` files: a zip archive of `.npy` members, one for each named array, stored or deflated.
public enum NumPyArchive {
    private static let memberSuffix = ".npy"

    /// Writes the arrays, sorted by name, as `numpy.savez` would, to the file at `path`; equal arrays give equal bytes.
    /// - Throws: `ArtifactError`, `FileError`.
    public static func write(_ arrays: [String: Tensor], to path: String) throws {
        try AtomicFile.write(encode(arrays, path: path), to: path)
    }

    /// The file's bytes.
    /// - Parameter path: the file that will hold them, for errors.
    public static func encode(_ arrays: [String: Tensor], path: String) throws -> Data {
        let members = arrays.sorted { $0.key < $1.key }.map { name, tensor in
            ZipArchive.Member(name: name + memberSuffix, content: NumPyArray.encode(tensor))
        }
        let date = try ArchiveDate(environment: ProcessInfo.processInfo.environment, writing: path)
        return try ZipArchive(members: members).encode(date: date, path: path)
    }

    /// Reads every array of the archive at `path`, by name; numbers become float32.
    /// - Throws: `ArtifactError` when the file is missing or damaged, or a member is no array that `NumPyArray` reads.
    public static func read(_ path: String) throws -> [String: Tensor] {
        try decode(ArtifactFile.read(path), path: path)
    }

    /// Reads a file's bytes.
    /// - Parameter path: what to call them in errors.
    public static func decode(_ data: Data, path: String) throws -> [String: Tensor] {
        var arrays: [String: Tensor] = [:]
        for member in try ZipArchive.decode(data, limit: ArtifactLimits.fileBytes, path: path).members {
            guard member.name.hasSuffix(memberSuffix), member.name.count > memberSuffix.count else {
                throw ArtifactError(
                    .malformed, .read, path, at: member.name, "this member is no .npy file",
                    advice: "write the arrays with numpy.savez(file, name=array)")
            }
            let name = String(member.name.dropLast(memberSuffix.count))
            arrays[name] = try NumPyArray.decode(member.content, path: "\(path), \(member.name)")
        }
        return arrays
    }
}
