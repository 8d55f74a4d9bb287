/// What the structures and values of a file have claimed so far.
///
/// Those of an honest file do not overlap, so each begins where no other does, and together they are no longer than the
/// file. This bounds all the work of reading by the file's size and ends every cycle.
struct HDF5Claims {
    private let file: HDF5Bytes
    private var starts: Set<UInt64> = []
    private var total: UInt64 = 0
    /// Bytes that values take in memory, at four a value or more.
    private var inMemory = 0

    init(file: HDF5Bytes) { self.file = file }

    /// Says that `region` has been read.
    mutating func claim(_ region: HDF5Region) throws(ArtifactError) {
        guard starts.insert(region.address).inserted else {
            throw region.malformed(
                "\(region.what): reached a second time, by a wrong address or by a second (hard) link to it")
        }
        try count(region)
    }

    /// As `claim`, for parts that may share their beginning with what they lie in.
    mutating func count(_ region: HDF5Region) throws(ArtifactError) {
        total += region.length
        guard total <= file.count else {
            throw region.malformed(
                "what is read up to there, \(region.what), claims more than the file's \(file.count) bytes: parts overlap")
        }
    }

    /// Says that a data set's values will take `bytes` of memory. Compressed values, and those that were never written,
    /// need not be in the file, but DEFLATE's best ratio limits how many an honest file can hold.
    mutating func claimMemory(_ bytes: Int, _ dataset: String, at address: UInt64) throws(ArtifactError) {
        inMemory += bytes
        guard inMemory / ArtifactLimits.deflateRatio <= file.bytes.count else {
            throw file.tooLarge(
                at: address, """
                data sets up to \(dataset) claim more than \(ArtifactLimits.deflateRatio) times the file's \
                \(file.count) bytes
                """)
        }
    }
}
