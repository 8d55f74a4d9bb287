import Foundation

extension RunFolder {
    /// Fingerprints of everything in both folders but the manifest, sorted by path.
    /// - Throws: `FileError` when a file cannot be read.
    public func producedFiles() throws -> [RunManifest.FileRecord] {
        try listing(of: checkpoints, prefix: "") + (isSameFolder ? [] : listing(of: reports, prefix: Self.reportsPrefix))
    }

    private var isSameFolder: Bool {
        URL(fileURLWithPath: checkpoints).standardized.path == URL(fileURLWithPath: reports).standardized.path
    }

    private func listing(of folder: String, prefix: String) throws -> [RunManifest.FileRecord] {
        let names = (FileManager.default.subpaths(atPath: folder) ?? []).sorted()
        return try names.compactMap { name in
            var isFolder: ObjCBool = false
            let path = "\(folder)/\(name)"
            guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), !isFolder.boolValue,
                path != manifest
            else { return nil }
            return try RunManifest.FileRecord(role: Self.role(of: name), path: path, listedAs: prefix + name)
        }
    }

    private static func role(of name: String) -> String {
        switch URL(fileURLWithPath: name).pathExtension {
        case "keras", "onnx", "pkl", "h5": "artifact"
        case "svg": "plot"
        case "log": "log"
        default: "report"
        }
    }
}
