private import COpenBLAS

/// The system's OpenBLAS on one thread, loaded when it is first used.
struct BLAS: Sendable {
    /// Nil when it cannot be loaded.
    static let shared: BLAS? = {
        var library = ob_library()
        return ob_load(&library) == 1 ? BLAS(library: library) : nil
    }()

    /// Never changes after loading.
    nonisolated(unsafe) private let library: ob_library

    /// The name of the processor core whose kernels it runs.
    var core: String { String(cString: library.core) }

    /// C = start + op(A) · B with `start` zero or, when `accumulating`, C.
    func multiply(
        _ a: MatrixView, transposed: Bool, _ b: MatrixView, into c: MutableMatrixView, accumulating: Bool
    ) {
        library.sgemm(
            CblasRowMajor, transposed ? CblasTrans : CblasNoTrans, CblasNoTrans, Int32(c.rows), Int32(c.columns),
            Int32(b.rows), 1, a.base, Int32(a.stride), b.base, Int32(b.stride), accumulating ? 1 : 0, c.base, Int32(c.stride)
        )
    }

    /// C = A · Bᵀ.
    func multiply(_ a: MatrixView, byTransposeOf b: MatrixView, into c: MutableMatrixView) {
        library.sgemm(
            CblasRowMajor, CblasNoTrans, CblasTrans, Int32(c.rows), Int32(c.columns), Int32(a.columns), 1, a.base,
            Int32(a.stride), b.base, Int32(b.stride), 0, c.base, Int32(c.stride))
    }
}
