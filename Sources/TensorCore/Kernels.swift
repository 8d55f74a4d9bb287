//  TensorCore owns dense float memory, matrix products, the vector kernels, random words in bulk and the
//  threads that share a batch. It must never import a layer, a model description or a file format.

import CKernels

/// The arithmetic of one instruction set. All sets but `baseline` (which cannot fuse multiply and add) give the same bits in
/// every function whose elementary operations IEEE 754 defines (the plain loops compute derivatives of activations in
/// float64, though), and AVX2 and AVX-512 agree in all of them.
public struct Kernels: Sendable {
    /// What this processor does fastest, or what the environment variable `DWCP_INSTRUCTION_SET` asks for.
    public static let best = Kernels(table: ck_kernels_best())

    nonisolated(unsafe) let table: UnsafePointer<ck_kernels>

    private init(table: UnsafePointer<ck_kernels>) { self.table = table }

    /// The kernels of `set`, or nil when this processor lacks it.
    public init?(_ set: InstructionSet) {
        let code =
            switch set {
            case .plain: CK_PLAIN
            case .baseline: CK_BASELINE
            case .avx2: CK_AVX2
            case .avx512: CK_AVX512
            }
        guard let table = ck_kernels_for(code) else { return nil }
        self.init(table: table)
    }

    /// `avx512`, `avx2`, `baseline` or `plain`.
    public var name: String { String(cString: table.pointee.name) }

    /// In ascending order of ability; `plain` is the reference that the others are tested against.
    public enum InstructionSet: String, Sendable, CaseIterable {
        case plain, baseline, avx2, avx512
    }
}
