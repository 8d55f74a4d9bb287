import Foundation

/// Makes OpenBLAS run the kernels that fit this processor.
///
/// Debian's OpenBLAS falls back to kernels of 2004 on processors that are newer than itself, four to five times slower. It reads
/// `OPENBLAS_CORETYPE` while it is being loaded, which is before `main`; so the program sets the variable and starts itself again.
public enum ProcessorKernels {
    static let variable = "OPENBLAS_CORETYPE"

    /// Call it as the very first act of the program. Returns when the variable is set already, by the user or by this function,
    /// or when the processor has none of the known vector extensions; otherwise the program starts over and nothing is lost.
    public static func restartIfNeeded() {
        guard getenv(variable) == nil, let description = try? String(contentsOfFile: "/proc/cpuinfo", encoding: .utf8),
            let core = coreType(processor: description)
        else { return }
        setenv(variable, core, 1)
        var arguments: [UnsafeMutablePointer<CChar>?] = CommandLine.arguments.map { strdup($0) }
        arguments.append(nil)
        // Returns only if it fails; the program then goes on with slower kernels.
        execv(CurrentExecutable.path, arguments)
    }

    /// OpenBLAS' name for the newest family of kernels whose instructions the processor has.
    /// - Parameter processor: the content of `/proc/cpuinfo`.
    static func coreType(processor: String) -> String? {
        guard let line = processor.split(separator: "\n").first(where: { $0.hasPrefix("flags") }),
            let list = line.split(separator: ":").last
        else { return nil }
        let flags = Set(list.split(separator: " ").map(String.init))
        if flags.isSuperset(of: ["avx512f", "avx512dq", "avx512bw", "avx512vl", "avx512cd"]) { return "SkylakeX" }
        if flags.isSuperset(of: ["avx2", "fma"]) { return "Haswell" }
        return nil
    }
}
