import CZip
import Foundation

extension ZipArchive {
    /// Reads the members called `names`, in that order; others are left alone.
    ///
    /// Members may be stored or deflated and lie in any order. Their check sums are verified.
    /// - Parameters:
    ///   - limits: the members to read and the most bytes that each may claim.
    ///   - path: the archive's file, for errors.
    /// - Throws: `ArtifactError` that names the missing members, or the member that is damaged, encrypted, doubled or too
    ///   large.
    static func decode(_ data: Data, reading limits: [(name: String, bytes: Int)], path: String) throws -> ZipArchive {
        try data.withUnsafeBytes { bytes in
            let handle = try open(bytes, path)
            let present = try names(in: handle.archive, path)
            let missing = limits.map(\.name).filter { !present.keys.contains($0) }
            guard missing.isEmpty else {
                throw ArtifactError(
                    .malformed, .read, path,
                    "the archive lacks \(missing.joined(separator: ", ")); it holds \(listed(present.keys.sorted()))",
                    advice: "give a `.keras` file that Keras 3 or this program wrote")
            }
            return try ZipArchive(members: limits.compactMap { limit in
                guard let index = present[limit.name] else { return nil }
                let content = try content(of: handle, index: index, limit: limit, archiveBytes: data.count, path)
                return Member(name: limit.name, content: content)
            })
        }
    }

    /// Reads every member, in the archive's order.
    /// - Parameter limit: the most bytes that all members together may claim.
    static func decode(_ data: Data, limit: Int, path: String) throws -> ZipArchive {
        try data.withUnsafeBytes { bytes in
            let handle = try open(bytes, path)
            var left = limit
            var members: [Member] = []
            for (name, index) in try names(in: handle.archive, path).sorted(by: { $0.value < $1.value }) {
                let content = try content(of: handle, index: index, limit: (name, left), archiveBytes: data.count, path)
                left -= content.count
                members.append(Member(name: name, content: content))
            }
            return ZipArchive(members: members)
        }
    }

    /// - Precondition: `bytes` stay alive as long as the result.
    private static func open(_ bytes: UnsafeRawBufferPointer, _ path: String) throws(ArtifactError) -> ZipHandle {
        func failure(_ error: inout zip_error_t) -> ArtifactError {
            ArtifactError(
                .malformed, .read, path, "not a whole zip archive: \(String(cString: zip_error_strerror(&error)))",
                advice: "write or fetch the file again if it was cut")
        }
        var error = zip_error_t()
        guard let source = zip_source_buffer_create(bytes.baseAddress, UInt64(bytes.count), 0, &error) else {
            throw failure(&error)
        }
        guard let archive = zip_open_from_source(source, ZIP_RDONLY, &error) else {
            zip_source_free(source)
            throw failure(&error)
        }
        return ZipHandle(owning: archive)
    }

    private static func names(in archive: OpaquePointer, _ path: String) throws(ArtifactError) -> [String: UInt64] {
        let count = zip_get_num_entries(archive, 0)
        guard count <= 10_000 else {
            throw ArtifactError(
                .tooLarge, .read, path, "the archive has \(count) members, more than 10000",
                advice: "give a `.keras` file that Keras 3 or this program wrote")
        }
        var found: [String: UInt64] = [:]
        for index in 0 ..< UInt64(max(0, count)) {
            // Raw bytes: libzip's guess of the encoding could give two members one name.
            guard let name = zip_get_name(archive, index, zip_flags_t(ZIP_FL_ENC_RAW)) else { continue }
            let text = String(cString: name)
            guard found.updateValue(index, forKey: text) == nil else {
                throw ArtifactError(
                    .malformed, .read, path, at: text, "the archive holds two members of this name",
                    advice: "write or fetch the file again")
            }
        }
        return found
    }

    private static func content(
        of handle: ZipHandle, index: UInt64, limit: (name: String, bytes: Int), archiveBytes: Int, _ path: String
    ) throws(ArtifactError) -> Data {
        func failure(_ code: ArtifactError.Code, _ finding: String) -> ArtifactError {
            ArtifactError(code, .read, path, at: limit.name, finding, advice: "write or fetch the file again")
        }
        var status = zip_stat_t()
        guard zip_stat_index(handle.archive, index, 0, &status) == 0 else {
            throw failure(.malformed, "no description of the member: \(handle.message)")
        }
        guard status.encryption_method == UInt16(ZIP_EM_NONE),
            [UInt16(ZIP_CM_STORE), UInt16(ZIP_CM_DEFLATE)].contains(status.comp_method)
        else { throw failure(.unsupported, "encrypted, or compressed in another way than DEFLATE") }
        // What is stored cannot be larger than the archive, what is deflated not beyond DEFLATE's best ratio.
        let (ratio, most) = (UInt64(ArtifactLimits.deflateRatio), UInt64(limit.bytes))
        guard status.size <= most, status.comp_size <= UInt64(archiveBytes), status.size <= ratio * (status.comp_size + 1),
            status.comp_method != UInt16(ZIP_CM_STORE) || status.size == status.comp_size
        else {
            throw failure(
                .tooLarge, "it claims \(status.size) bytes from \(status.comp_size) stored ones; at most \(most) are read, "
                    + "and \(ratio) for each stored one")
        }
        guard let file = zip_fopen_index(handle.archive, index, 0) else {
            throw failure(.malformed, "the member cannot be opened: \(handle.message)")
        }
        defer { zip_fclose(file) }
        return try read(file, bytes: Int(status.size)) { failure(.malformed, $0) }
    }

    /// Reads all of `file`. The check sum is compared when the end is reached, hence the attempt to read one byte more.
    private static func read(
        _ file: OpaquePointer, bytes: Int, failure: (String) -> ArtifactError
    ) throws(ArtifactError) -> Data {
        var content = Data(count: bytes)
        let count = content.withUnsafeMutableBytes { zip_fread(file, $0.baseAddress, UInt64(bytes)) }
        guard count == Int64(bytes) else {
            let message = String(cString: zip_file_strerror(file))
            throw failure("\(max(0, count)) of \(bytes) bytes could be read: \(message)")
        }
        var beyond: UInt8 = 0
        switch zip_fread(file, &beyond, 1) {
        case 0: return content
        case 1...: throw failure("it holds more than the \(bytes) bytes that it claims")
        default: throw failure("damaged: \(String(cString: zip_file_strerror(file)))")
        }
    }

    /// At most five names, and how many more there are.
    private static func listed(_ names: [String]) -> String {
        guard !names.isEmpty else { return "nothing" }
        let shown = names.prefix(5).joined(separator: ", ")
        return names.count > 5 ? "\(shown) and \(names.count - 5) more" : shown
    }
}
