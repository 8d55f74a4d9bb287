import CKernels
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

    /// The product, with B or, `byTranspose`, Bᵀ for B stored as `[n, k]`; without its bias.
    func multiply(_ product: ck_product, byTranspose: Bool = false) {
        library.sgemm(
            CblasRowMajor, product.a_transposed == 1 ? CblasTrans : CblasNoTrans, byTranspose ? CblasTrans : CblasNoTrans,
            Int32(product.m), Int32(product.n), Int32(product.k), 1, product.a, Int32(product.a_stride), product.b,
            Int32(product.b_stride), product.accumulate == 1 ? 1 : 0, product.c, Int32(product.c_stride))
    }
}
