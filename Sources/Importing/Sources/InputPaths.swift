import Failures
import Foundation
import Telemetry

/// The files that a user named, folders searched through.
struct InputPaths {
    /// As given, for errors.
    private let given: [String]
    /// Sorted, so that the result does not depend on the order of a folder's entries.
    private let files: [String]

    /// - Throws: `ImportError` for a path that does not exist.
    init(_ paths: [String]) throws {
        given = paths
        files = try Set(paths.flatMap(Self.files)).sorted()
    }

    struct Match: Equatable {
        var path: String
        var captures: [String: String]
    }

    /// The files that match one pattern and none of the others.
    func matches(_ pattern: PathPattern, except exclude: [PathPattern] = []) -> [Match] {
        files.compactMap { path in
            guard !exclude.contains(where: { $0.match(path) != nil }) else { return nil }
            return pattern.match(path).map { Match(path: path, captures: $0) }
        }
    }

    /// The only file that matches, with the given captures.
    /// - Throws: `ImportError` when there is none, or more than one.
    func only(_ pattern: PathPattern, captures: [String: String] = [:]) throws -> String {
        let found = matches(pattern).filter { match in
            match.captures.allSatisfy { captures[$0.key] ?? $0.value == $0.value }
        }
        guard let path = found.first?.path, found.count == 1 else { throw failure(pattern, found: found.count) }
        return path
    }

    func failure(_ pattern: PathPattern, found: Int) -> ImportError {
        let count = found == 0 ? "no file matches" : "\(found) files match"
        return ImportError(
            "\(count) `\(pattern.text)`; the mapping tells which files belong together",
            path: given.joined(separator: ", "), category: .missingInput)
    }

    private static func files(_ path: String) throws -> [String] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) else {
            throw ImportError("it does not exist; correct the path", path: path, category: .missingInput)
        }
        guard isFolder.boolValue else { return [path] }
        let below = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
        return below.map { "\(path)/\($0)" }.filter {
            FileManager.default.fileExists(atPath: $0, isDirectory: &isFolder) && !isFolder.boolValue
        }
    }
}
