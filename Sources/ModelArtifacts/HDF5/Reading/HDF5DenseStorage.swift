/// Where many links of a group or many attributes of an object lie: as objects in a fractal heap, each with a record in a B-tree
/// that says where.
struct HDF5DenseStorage {
    let heap: HDF5FractalHeap
    let records: [HDF5Region]

    /// Reads what stands at the two addresses that `cursor` comes to; nil when nothing is stored there.
    /// - Parameters:
    ///   - recordType: the number of the tree's kind of record.
    ///   - what: what is stored, for errors.
    init?(
        at cursor: inout HDF5Cursor, in file: HDF5Bytes, recordType: UInt8, what: String, claims: inout HDF5Claims
    ) throws(ArtifactError) {
        let heapAddress = try cursor.integer(UInt64.self)
        let treeAddress = try cursor.integer(UInt64.self)
        guard heapAddress != HDF5Bytes.undefined else { return nil }
        heap = try HDF5FractalHeap(file: file, address: heapAddress, what: what, claims: &claims)
        records = try HDF5SearchTree(
            file: file, address: treeAddress, type: recordType, what: what, claims: &claims).records
    }
}
