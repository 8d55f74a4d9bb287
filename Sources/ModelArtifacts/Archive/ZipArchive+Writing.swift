import CZip
import Foundation

extension ZipArchive {
    /// The archive's bytes: members stored without compression in their order, with one fixed date, hence always the same
    /// bytes.
    /// - Parameter path: the file that will hold them, for errors.
    func encode(date: ArchiveDate, path: String) throws(ArtifactError) -> Data {
        func failure(_ step: String, _ message: String) -> ArtifactError {
            ArtifactError(
                .libraryFailed, .write, path, "libzip could not \(step): \(message)", advice: "report this as a defect")
        }
        var error = zip_error_t()
        guard let source = zip_source_buffer_create(nil, 0, 0, &error) else {
            throw failure("make a buffer", String(cString: zip_error_strerror(&error)))
        }
        // The archive takes one reference and drops it on closing; this one keeps the bytes until they are copied.
        zip_source_keep(source)
        defer { zip_source_free(source) }
        guard let opened = zip_open_from_source(source, ZIP_TRUNCATE, &error) else {
            zip_source_free(source)
            throw failure("begin an archive", String(cString: zip_error_strerror(&error)))
        }
        let handle = ZipHandle(owning: opened)
        for member in members {
            guard Self.add(member, date: date, to: handle.archive) else {
                throw failure("add \(member.name)", handle.message)
            }
        }
        if let message = handle.close() { throw failure("finish the archive", message) }
        guard let bytes = Self.content(of: source) else {
            throw failure("give the bytes back", String(cString: zip_error_strerror(zip_source_error(source))))
        }
        return bytes
    }

    private static func add(_ member: Member, date: ArchiveDate, to archive: OpaquePointer) -> Bool {
        // libzip reads the content on closing and frees it then, so it gets a copy of its own from malloc.
        let copy = malloc(max(member.content.count, 1))
        member.content.withUnsafeBytes { bytes in
            if let start = bytes.baseAddress { copy?.copyMemory(from: start, byteCount: bytes.count) }
        }
        guard let copy, let source = zip_source_buffer(archive, copy, UInt64(member.content.count), 1) else {
            free(copy)
            return false
        }
        let index = zip_file_add(archive, member.name, source, zip_flags_t(ZIP_FL_ENC_UTF_8))
        guard index >= 0 else {
            zip_source_free(source)
            return false
        }
        let position = UInt64(index)
        let readableByOwner: UInt32 = 0o100600 << 16
        return zip_set_file_compression(archive, position, ZIP_CM_STORE, 0) == 0
            && zip_file_set_dostime(archive, position, date.dos.time, date.dos.date, 0) == 0
            && zip_file_set_external_attributes(archive, position, 0, UInt8(ZIP_OPSYS_UNIX), readableByOwner) == 0
    }

    private static func content(of source: OpaquePointer) -> Data? {
        var status = zip_stat_t()
        guard zip_source_stat(source, &status) == 0, zip_source_open(source) == 0 else { return nil }
        defer { zip_source_close(source) }
        var bytes = Data(count: Int(status.size))
        let read = bytes.withUnsafeMutableBytes { zip_source_read(source, $0.baseAddress, status.size) }
        return read == Int64(status.size) ? bytes : nil
    }
}
