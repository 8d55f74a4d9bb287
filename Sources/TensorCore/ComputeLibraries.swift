/// What the numbers were computed with, for manifests and logs.
public enum ComputeLibraries {
    /// The instruction set of our own kernels, and the processor core whose kernels OpenBLAS runs.
    public static var versions: [String: String] {
        ["kernels": Kernels.best.name, "OpenBLAS core": BLAS.shared?.core ?? "not loadable"]
    }
}
