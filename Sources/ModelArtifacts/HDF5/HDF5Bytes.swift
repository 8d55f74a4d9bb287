/// The bytes of an HDF5 file, read little-endian at absolute addresses, never past the end.
struct HDF5Bytes {
    let bytes: [UInt8]
    let path: String

    /// The address that stands for "nowhere".
    static let undefined = UInt64.max

    var count: Int { bytes.count }

    /// `address` as an index, when `length` bytes from there lie inside the file.
    func index(_ address: UInt64, length: UInt64, of what: String) throws(ArtifactError) -> Int {
        let (end, overflow) = address.addingReportingOverflow(length)
        guard !overflow, end <= UInt64(bytes.count) else {
            throw malformed(
                at: address, "\(what) of \(length) bytes should lie there, but the file ends at byte \(bytes.count)")
        }
        return Int(address)
    }

    func integer<Integer: FixedWidthInteger & UnsignedInteger>(
        _ type: Integer.Type, at address: UInt64, of what: String
    ) throws(ArtifactError) -> Integer {
        let start = try index(address, length: UInt64(MemoryLayout<Integer>.size), of: what)
        var value: Integer = 0
        for offset in (0 ..< MemoryLayout<Integer>.size).reversed() {
            value = value << 8 | Integer(bytes[start + offset])
        }
        return value
    }

    func byte(at address: UInt64, of what: String) throws(ArtifactError) -> UInt8 {
        try integer(UInt8.self, at: address, of: what)
    }

    func slice(at address: UInt64, length: UInt64, of what: String) throws(ArtifactError) -> ArraySlice<UInt8> {
        let start = try index(address, length: length, of: what)
        return bytes[start ..< start + Int(length)]
    }

    /// Checks the four letters that open a structure.
    func expectSignature(_ signature: String, at address: UInt64, of what: String) throws(ArtifactError) {
        guard try slice(at: address, length: 4, of: what).elementsEqual(signature.utf8) else {
            throw malformed(at: address, "\(what) should begin with \"\(signature)\"")
        }
    }

    func malformed(at address: UInt64, _ finding: String) -> ArtifactError {
        ArtifactError(
            .malformed, .read, path, at: "byte \(address)", finding,
            advice: "the HDF5 data is damaged; write or fetch the file again")
    }

    func unsupported(at address: UInt64, _ finding: String) -> ArtifactError {
        ArtifactError(
            .unsupported, .read, path, at: "byte \(address)", finding,
            advice: "save the model again with Keras 3 and h5py's default settings")
    }
}
