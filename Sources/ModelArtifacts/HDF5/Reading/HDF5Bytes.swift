/// The bytes of an HDF5 file at absolute addresses, never past the end.
struct HDF5Bytes {
    let bytes: [UInt8]
    let path: String

    /// The address that stands for "nowhere".
    static let undefined = UInt64.max

    var count: UInt64 { UInt64(bytes.count) }

    /// The stretch of `length` bytes at `address`, which must lie inside the file.
    func region(at address: UInt64, length: UInt64, of what: String) throws(ArtifactError) -> HDF5Region {
        let (end, overflow) = address.addingReportingOverflow(length)
        guard !overflow, end <= count else {
            throw malformed(
                at: address, "\(what) of \(length) bytes should lie there, but the file ends at byte \(count)")
        }
        return HDF5Region(file: self, address: address, length: length, what: what)
    }

    /// Everything from `address` to the end of the file: for a structure that tells its own length.
    func rest(from address: UInt64, of what: String) throws(ArtifactError) -> HDF5Region {
        guard address < count else {
            throw malformed(at: address, "\(what) should begin there, but the file ends at byte \(count)")
        }
        return HDF5Region(file: self, address: address, length: count - address, what: what)
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

    func tooLarge(at address: UInt64, _ finding: String) -> ArtifactError {
        ArtifactError(
            .tooLarge, .read, path, at: "byte \(address)", finding,
            advice: "the file is damaged or not a model of this kind")
    }
}

/// A stretch inside an HDF5 file that belongs to one structure: nothing outside it is read through it.
struct HDF5Region: Equatable {
    let file: HDF5Bytes
    let address: UInt64
    let length: UInt64
    /// What it belongs to, for errors.
    let what: String

    /// Only `HDF5Bytes` makes one, having checked that it lies inside the file.
    fileprivate init(file: HDF5Bytes, address: UInt64, length: UInt64, what: String) {
        self.file = file
        self.address = address
        self.length = length
        self.what = what
    }

    var bytes: ArraySlice<UInt8> { file.bytes[Int(address) ..< Int(address + length)] }

    var cursor: HDF5Cursor { HDF5Cursor(region: self) }

    func malformed(_ finding: String) -> ArtifactError { file.malformed(at: address, finding) }

    func unsupported(_ finding: String) -> ArtifactError { file.unsupported(at: address, finding) }

    static func == (first: HDF5Region, second: HDF5Region) -> Bool {
        (first.address, first.length) == (second.address, second.length)
    }
}
