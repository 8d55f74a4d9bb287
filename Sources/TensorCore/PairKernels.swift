import CKernels

/// Matrix products of bfloat16 numbers, summed in float32.
///
/// Their factors are made by `pairColumns`, `pairRows` and `pairBoth`: two neighbours in the direction that the product sums
/// over, rounded to bfloat16, in the memory of one float, which is moved but never computed with. A missing second neighbour is
/// zero.
public struct PairKernels: Sendable {
    nonisolated(unsafe) private let table: UnsafePointer<ck_pair_kernels>

    /// What trains beside `kernels` faster than float32 on this processor, or nil: beside AVX-512 those of AMX or, on processors
    /// that are not Intel's, of AVX-512 BF16; beside the plain loops their twin.
    public init?(beside kernels: Kernels) {
        guard let table = ck_pair_kernels_beside(kernels.table) else { return nil }
        self.table = table
    }

    /// The kernels of `set`, or nil when this processor lacks it.
    init?(_ set: InstructionSet) {
        let code =
            switch set {
            case .plainAVX512BF16: CK_PLAIN_AVX512BF16
            case .plainAMX: CK_PLAIN_AMX
            case .avx512BF16: CK_AVX512BF16
            case .amx: CK_AMX
            }
        guard let table = ck_pair_kernels_for(code) else { return nil }
        self.table = table
    }

    /// `avx512bf16` or `amx`; the plain twin of either is named after it, `plain amx`.
    public var name: String { String(cString: table.pointee.name) }

    /// AMX adds in another order than AVX-512 BF16, so that bits differ between the two; each has its plain twin.
    enum InstructionSet: CaseIterable {
        case plainAVX512BF16, avx512BF16, plainAMX, amx
    }

    /// `[rows, columns]` → `[rows, ⌈columns / 2⌉]`: for the left factor.
    public func pairColumns(of a: MatrixView, into pairs: MutableMatrixView) {
        precondition(pairs.rows == a.rows && pairs.columns == (a.columns + 1) / 2, "a row's pairs are half its numbers")
        table.pointee.pair_columns(a.rows, a.columns, a.base, a.stride, pairs.base, pairs.stride)
    }

    /// `[rows, columns]` → `[⌈rows / 2⌉, columns]`: for the right factor, and for the left one transposed.
    public func pairRows(of a: MatrixView, into pairs: MutableMatrixView) {
        precondition(pairs.rows == (a.rows + 1) / 2 && pairs.columns == a.columns, "a column's pairs are half its numbers")
        table.pointee.pair_rows(a.rows, a.columns, a.base, a.stride, pairs.base, pairs.stride)
    }

    /// Both at once of `[rows, columns]`, whose sums over the rows are added to `sums: [columns]`, if given.
    /// - Precondition: `columnPairs` overlaps nothing else; `rowPairs` may be rows of `a`, none of its pairs above the rows that
    ///   it is made of.
    public func pairBoth(
        _ a: MatrixView, columnPairs: MutableMatrixView, rowPairs: MutableMatrixView,
        addingSumsTo sums: UnsafeMutablePointer<Float>?
    ) {
        precondition(
            columnPairs.rows == a.rows && columnPairs.columns == (a.columns + 1) / 2, "a row's pairs are half its numbers")
        precondition(
            rowPairs.rows == (a.rows + 1) / 2 && rowPairs.columns == a.columns, "a column's pairs are half its numbers")
        var pairing = ck_pairing(
            rows: a.rows, columns: a.columns, a: a.base, a_stride: a.stride, column_pairs: columnPairs.base,
            column_pairs_stride: columnPairs.stride, row_pairs: rowPairs.base, row_pairs_stride: rowPairs.stride, sums: sums)
        table.pointee.pair_both(&pairing)
    }

    /// `c = start + op(a) · b` as `Kernels.multiply`, where `a` and `b` hold pairs.
    /// - Precondition: the shapes agree, and `c` does not overlap `a` or `b`.
    public func multiply(
        _ a: MatrixView, transposed: Bool = false, _ b: MatrixView, into c: MutableMatrixView,
        startingFrom start: Kernels.ProductStart = .zero
    ) {
        var product = ck_product(a, transposed: transposed, b, into: c, startingFrom: start)
        table.pointee.product(&product)
    }
}
