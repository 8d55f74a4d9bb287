import CHDF5
import Foundation

/// The one door to the HDF5 library, which writes (`HDF5Decoder` reads without it). HDF5 1.10 locks single calls only, so a
/// sequence of calls — creating, writing, closing — must be alone: every use, the closing of handles included, runs inside
/// `exclusively`.
enum HDF5Library {
    private static let lock = NSRecursiveLock()

    /// Runs `body` while no other thread uses the library. May be nested.
    static func exclusively<Result>(_ body: () throws -> Result) rethrows -> Result {
        lock.lock()
        defer { lock.unlock() }
        // The library prints errors by itself until told otherwise, thread by thread.
        _ = chdf5_silence()
        return try body()
    }

    /// The innermost message of the library's error stack, without its trailing full stop.
    static func lastMessage() -> String {
        var message = ""
        withUnsafeMutablePointer(to: &message) { pointer in
            _ = H5Ewalk2(chdf5_default_error_stack(), H5E_WALK_UPWARD, { index, error, context in
                guard index == 0, let text = error?.pointee.desc, let context else { return 0 }
                context.assumingMemoryBound(to: String.self).pointee = String(cString: text)
                return 0
            }, pointer)
        }
        return message.isEmpty ? "the library gave no reason" : message
    }
}

/// Owns one identifier of the HDF5 library, whatever its kind, and releases it.
final class HDF5Handle {
    let id: hid_t

    /// Takes ownership of `id`.
    /// - Throws: `ArtifactError` with the library's own message when `id` is negative, that is, when the call failed.
    init(owning id: hid_t, _ context: HDF5Context, doing step: String) throws(ArtifactError) {
        guard id >= 0 else { throw context.failure(step) }
        self.id = id
    }

    deinit {
        HDF5Library.exclusively { _ = H5Idec_ref(id) }
    }
}

/// Which file and object a call was about, for errors.
struct HDF5Context {
    /// The file that is being written.
    var path: String
    /// The path of the object inside the HDF5 file.
    var object = ""

    func at(_ object: String) -> HDF5Context { HDF5Context(path: path, object: object) }

    /// The error for a call that just failed, with the library's message.
    func failure(_ step: String) -> ArtifactError {
        ArtifactError(
            .libraryFailed, .write, path, at: object.isEmpty ? "HDF5 file" : "HDF5 object \(object)",
            "HDF5 could not \(step): \(HDF5Library.lastMessage())", advice: "report this as a defect")
    }

    /// Throws when a call returned a negative status.
    func check(_ status: some SignedInteger, _ step: String) throws(ArtifactError) {
        guard status >= 0 else { throw failure(step) }
    }
}
