import Foundation
import TestSupport

@testable import ModelArtifacts

/// Files that h5py wrote (Tests/Fixtures/HDF5/PROVENANCE.md).
enum HDF5Fixtures {
    private static let archive = Result {
        try ZipArchive.decode(Fixture.data("HDF5/files.zip"), limit: 1 << 20, path: "HDF5/files.zip")
    }

    /// - Parameter name: without its extension.
    static func data(_ name: String) throws -> Data {
        guard let content = try archive.get().member(named: "\(name).h5") else { throw CocoaError(.fileNoSuchFile) }
        return content
    }
}
