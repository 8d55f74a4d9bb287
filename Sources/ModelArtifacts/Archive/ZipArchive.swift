import CZip
import Foundation

/// A zip archive in memory: named members in a stated order.
struct ZipArchive {
    struct Member: Equatable {
        var name: String
        var content: Data
    }

    var members: [Member]

    func member(named name: String) -> Data? { members.first { $0.name == name }?.content }
}

/// Owns a libzip archive and discards it unless it was closed.
final class ZipHandle {
    private var pointer: OpaquePointer?

    /// Takes ownership of `pointer`.
    init(owning pointer: OpaquePointer) { self.pointer = pointer }

    deinit {
        if let pointer { zip_discard(pointer) }
    }

    var archive: OpaquePointer {
        guard let pointer else { preconditionFailure("the archive was closed before") }
        return pointer
    }

    /// Writes the archive into its source.
    /// - Returns: libzip's message when that failed.
    func close() -> String? {
        guard zip_close(archive) == 0 else { return message }
        pointer = nil
        return nil
    }

    /// What libzip says about the last call on this archive.
    var message: String { String(cString: zip_strerror(archive)) }
}
