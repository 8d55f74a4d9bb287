@testable import Pipeline
import TensorCore
import Testing

@Suite struct ProcessorKernelsTests {
    @Test(
        "OpenBLAS gets the newest kernels whose instructions the processor has, and none where it has none of them",
        arguments: [
            ([.plain, .baseline, .avx2, .avx512], "SkylakeX"), ([.plain, .baseline, .avx2], "Haswell"),
            ([.plain, .baseline], nil),
        ] as [(Set<Kernels.InstructionSet>, String?)])
    func coreType(sets: Set<Kernels.InstructionSet>, expected: String?) {
        #expect(ProcessorKernels.coreType(having: sets.contains) == expected)
    }
}
