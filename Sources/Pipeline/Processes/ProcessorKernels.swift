import Foundation
import TensorCore

/// Makes OpenBLAS run the kernels that fit this processor.
///
/// Debian's OpenBLAS falls back to kernels of 2004 on processors that are newer than itself, four to five times slower. It reads
/// `OPENBLAS_CORETYPE` while it is being loaded, which the program does at the first product that is large enough for it.
public enum ProcessorKernels {
    static let variable = "OPENBLAS_CORETYPE"

    /// Sets the variable, for this process and those it starts, unless the user has set it or the processor has none of the
    /// known vector extensions. To be called while the program has one thread: others could be reading the environment.
    public static func choose() {
        guard let core = coreType(having: { Kernels($0) != nil }) else { return }
        setenv(variable, core, 0)
    }

    /// OpenBLAS' name for the newest family of kernels whose instructions the processor has.
    static func coreType(having isPresent: (Kernels.InstructionSet) -> Bool) -> String? {
        if isPresent(.avx512) { return "SkylakeX" }
        if isPresent(.avx2) { return "Haswell" }
        return nil
    }
}
