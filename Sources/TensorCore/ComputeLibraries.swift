/// What the numbers were computed with, for manifests and logs.
public enum ComputeLibraries {
    /// The instruction set of our own kernels, the one that `--precision bf16` multiplies with, and the processor core whose
    /// kernels OpenBLAS runs.
    public static var versions: [String: String] {
        [
            "kernels": Kernels.best.name, "bf16 kernels": PairKernels(beside: .best)?.name ?? "none",
            "OpenBLAS core": BLAS.shared?.core ?? "not loadable",
        ]
    }
}
