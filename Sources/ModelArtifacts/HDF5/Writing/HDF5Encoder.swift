import CHDF5
import Foundation
import ModelGraph

/// Builds an HDF5 file in memory: superblock 0, contiguous little-endian data sets, attributes, no times, hence the same
/// bytes each time.
enum HDF5Encoder {
    /// A data set to write.
    struct Variable {
        /// Absolute or relative to the root, for example `layers/dense/vars/0`. Groups on the way are made.
        var path: String
        var value: Value
    }

    enum Value {
        case float32(Tensor)
        /// A scalar.
        case int32(Int32)
    }

    /// The file's bytes.
    /// - Parameter path: the file that will hold them, for errors.
    /// - Throws: `ArtifactError` when an attribute is too long, or the library fails.
    static func encode(_ variables: [Variable], attributes: [Attribute] = [], path: String) throws -> Data {
        let context = HDF5Context(path: path)
        return try HDF5Library.exclusively {
            let file = try createFile(context)
            for variable in variables {
                try write(variable, to: file, context.at(variable.path))
            }
            try write(attributes, to: file, beside: variables, context)
            return try image(of: file, context)
        }
    }

    /// A file that lives in memory only (core driver, nothing stored on closing).
    private static func createFile(_ context: HDF5Context) throws -> HDF5Handle {
        let access = try HDF5Handle(
            owning: H5Pcreate(chdf5_file_access_class()), context, doing: "create an access property list")
        try context.check(H5Pset_fapl_core(access.id, 1 << 16, false), "select the memory driver")
        try context.check(H5Pset_fclose_degree(access.id, chdf5_close_strong()), "set how the file closes")
        return try HDF5Handle(
            owning: H5Fcreate("written in memory", chdf5_truncate(), chdf5_default(), access.id), context,
            doing: "create a file in memory")
    }

    private static func write(_ variable: Variable, to file: HDF5Handle, _ context: HDF5Context) throws {
        switch variable.value {
        case let .float32(tensor):
            let set = try createDataset(variable.path, type: chdf5_float32_le(), shape: tensor.shape, in: file, context)
            try tensor.values.withUnsafeBytes { bytes in
                guard !bytes.isEmpty else { return }
                try context.check(
                    H5Dwrite(set.id, chdf5_native_float(), chdf5_all(), chdf5_all(), chdf5_default(), bytes.baseAddress),
                    "write the values")
            }
        case .int32(var value):
            let set = try createDataset(variable.path, type: chdf5_int32_le(), shape: [], in: file, context)
            try context.check(
                H5Dwrite(set.id, chdf5_native_int32(), chdf5_all(), chdf5_all(), chdf5_default(), &value), "write the value")
        }
    }

    /// Asks for the groups on the way to an object.
    static func makingGroups(_ context: HDF5Context) throws -> HDF5Handle {
        let links = try HDF5Handle(
            owning: H5Pcreate(chdf5_link_creation_class()), context, doing: "create a link property list")
        try context.check(H5Pset_create_intermediate_group(links.id, 1), "ask for the groups on the way")
        return links
    }

    /// The shape of a data set or an attribute; empty for a single value.
    static func createSpace(_ shape: [Int], _ context: HDF5Context) throws -> HDF5Handle {
        let extents = shape.map { hsize_t($0) }
        return try HDF5Handle(
            owning: shape.isEmpty ? H5Screate(H5S_SCALAR) : H5Screate_simple(Int32(shape.count), extents, nil), context,
            doing: "create a data space of shape \(shape)")
    }

    private static func createDataset(
        _ path: String, type: hid_t, shape: [Int], in file: HDF5Handle, _ context: HDF5Context
    ) throws -> HDF5Handle {
        let space = try createSpace(shape, context)
        let links = try makingGroups(context)
        let creation = try HDF5Handle(
            owning: H5Pcreate(chdf5_dataset_creation_class()), context, doing: "create a data set property list")
        // A modification time would make each file differ from the one before.
        try context.check(H5Pset_obj_track_times(creation.id, false), "switch off modification times")
        return try HDF5Handle(
            owning: H5Dcreate2(file.id, path, type, space.id, links.id, creation.id, chdf5_default()), context,
            doing: "create the data set")
    }

    private static func image(of file: HDF5Handle, _ context: HDF5Context) throws -> Data {
        try context.check(H5Fflush(file.id, H5F_SCOPE_GLOBAL), "flush the file")
        let count = H5Fget_file_image(file.id, nil, 0)
        try context.check(count, "tell the file's size")
        var bytes = Data(count: count)
        let copied = bytes.withUnsafeMutableBytes { H5Fget_file_image(file.id, $0.baseAddress, count) }
        guard copied == count else { throw context.failure("copy the file's \(count) bytes") }
        return bytes
    }
}
