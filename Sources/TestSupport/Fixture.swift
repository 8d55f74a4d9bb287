//  TestSupport owns what several test targets share: fixtures, comparing arrays, gradient checks. It must never be imported
//  outside Tests.

public import Foundation

/// Files below `Tests/Fixtures`, each folder with a `PROVENANCE.md` that tells how it was made.
public enum Fixture {
    /// The repository's root folder.
    public static let repository = URL(fileURLWithPath: #filePath)
        .deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    public static func url(_ path: String) -> URL { repository.appendingPathComponent("Tests/Fixtures/\(path)") }

    public static func data(_ path: String) throws -> Data { try Data(contentsOf: url(path)) }
}
