import CKernels

extension Kernels {
    /// What a product is added to.
    public enum ProductStart {
        case zero
        /// The row `[columns]`, added to every row.
        case bias(UnsafePointer<Float>)
        /// The matrix as it is.
        case current
    }

    /// `c = start + op(a) · b`, where `op(a)` is `a` or, when `transposed`, its transpose; `c: [m, n]`, `op(a): [m, k]`,
    /// `b: [k, n]`.
    ///
    /// Products of the size that training steps make run in the register-tiled kernel, where a row of `c` depends on its row
    /// of `op(a)` alone; only products that are large in all three directions go to OpenBLAS, if the system has it,
    /// on one thread.
    ///
    /// A product that `mayDivide` takes an eighth less multiplications where it is large enough (Strassen's division, one
    /// level). Its rounding errors are then relative to the largest numbers of `a` and `b`, on average about twice as
    /// large, and a row of `c` depends on other rows too.
    /// - Precondition: the shapes agree, and `c` does not overlap `a` or `b`.
    public func multiply(
        _ a: MatrixView, transposed: Bool = false, _ b: MatrixView, into c: MutableMatrixView,
        startingFrom start: ProductStart = .zero, mayDivide: Bool = false
    ) {
        var product = ck_product(a, transposed: transposed, b, into: c, startingFrom: start)
        if product.bias == nil, let blas = Self.blas(for: product) {
            blas.multiply(product)
            return
        }
        if mayDivide {
            table.pointee.divided_product(&product)
        } else {
            table.pointee.product(&product)
        }
    }

    /// `c = a · bᵀ`; `c: [m, n]`, `a: [m, k]`, `b: [n, k]`. In the kernel each element is summed as the other `multiply` sums
    /// it with the transpose of `b` in memory. A transpose in memory is faster to multiply by, but pays only if it is used
    /// many times before `b` changes, as at every time step of an LSTM layer.
    /// - Precondition: the shapes agree, and `c` does not overlap `a` or `b`.
    public func multiply(_ a: MatrixView, byTransposeOf b: MatrixView, into c: MutableMatrixView) {
        var product = ck_product(a, byTransposeOf: b, into: c)
        if let blas = Self.blas(for: product) {
            blas.multiply(product, byTranspose: true)
            return
        }
        table.pointee.product_by_transpose(&product)
    }

    /// What computes a product that is large in all three directions, if the system has it.
    private static func blas(for product: ck_product) -> BLAS? {
        min(product.m, product.n, product.k) >= largeProduct ? BLAS.shared : nil
    }

    /// From here on in every direction, packing pays for itself.
    static let largeProduct = 1024

    /// `result: [columns, rows]` = transpose of `a: [rows, columns]`.
    public func transpose(_ a: MatrixView, into result: MutableMatrixView) {
        precondition(a.rows == result.columns && a.columns == result.rows, "a transpose swaps rows and columns")
        table.pointee.transpose(a.rows, a.columns, a.base, a.stride, result.base, result.stride)
    }

    /// `sums: [columns]` = sum over the rows of `a`, first to last.
    public func sumRows(of a: MatrixView, into sums: UnsafeMutablePointer<Float>) {
        table.pointee.column_sums(a.rows, a.columns, a.base, a.stride, sums)
    }
}

extension ck_product {
    init(
        _ a: MatrixView, transposed: Bool, _ b: MatrixView, into c: MutableMatrixView,
        startingFrom start: Kernels.ProductStart
    ) {
        let (m, k) = transposed ? (a.columns, a.rows) : (a.rows, a.columns)
        precondition(
            k == b.rows && m == c.rows && b.columns == c.columns,
            "cannot multiply [\(m), \(k)] by [\(b.rows), \(b.columns)] into [\(c.rows), \(c.columns)]")
        var bias: UnsafePointer<Float>?
        var accumulate: Int32 = 0
        switch start {
        case .zero: break
        case .bias(let row): bias = row
        case .current: accumulate = 1
        }
        self.init(
            m: m, n: b.columns, k: k, a: a.base, a_stride: a.stride, a_transposed: transposed ? 1 : 0, b: b.base,
            b_stride: b.stride, c: c.base, c_stride: c.stride, bias: bias, accumulate: accumulate)
    }

    init(_ a: MatrixView, byTransposeOf b: MatrixView, into c: MutableMatrixView) {
        precondition(
            a.columns == b.columns && a.rows == c.rows && b.rows == c.columns,
            "cannot multiply [\(a.rows), \(a.columns)] by the transpose of [\(b.rows), \(b.columns)] into "
                + "[\(c.rows), \(c.columns)]")
        self.init(
            m: a.rows, n: b.rows, k: a.columns, a: a.base, a_stride: a.stride, a_transposed: 0, b: b.base,
            b_stride: b.stride, c: c.base, c_stride: c.stride, bias: nil, accumulate: 0)
    }
}
