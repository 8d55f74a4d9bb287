internal import CHDF5
internal import CZip

/// The libraries that write and read the files, for manifests.
public enum ArtifactLibraries {
    public static var versions: [String: String] {
        var major: UInt32 = 0, minor: UInt32 = 0, release: UInt32 = 0
        H5get_libversion(&major, &minor, &release)
        return [
            "HDF5": "\(major).\(minor).\(release)", "libzip": String(cString: zip_libzip_version()),
            "ONNX operator set": "17", "Keras archive": "3",
        ]
    }
}
