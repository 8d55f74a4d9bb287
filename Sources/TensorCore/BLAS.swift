private import COpenBLAS

/// OpenBLAS, held to one thread: with more, its last bits depend on their number.
enum BLAS {
    /// Sets one thread and reads it back; the name of the processor core whose kernels OpenBLAS runs.
    static let core: String = {
        openblas_set_num_threads(1)
        precondition(
            openblas_get_num_threads() == 1, "OpenBLAS kept \(openblas_get_num_threads()) threads although one was set")
        return String(cString: openblas_get_corename())
    }()

    /// C = start + op(A) · B with `start` zero or, when `accumulating`, C.
    static func multiply(
        _ a: MatrixView, transposed: Bool, _ b: MatrixView, into c: MutableMatrixView, accumulating: Bool
    ) {
        _ = core
        cblas_sgemm(
            CblasRowMajor, transposed ? CblasTrans : CblasNoTrans, CblasNoTrans, Int32(c.rows), Int32(c.columns),
            Int32(b.rows), 1, a.base, Int32(a.stride), b.base, Int32(b.stride), accumulating ? 1 : 0, c.base, Int32(c.stride)
        )
    }
}
