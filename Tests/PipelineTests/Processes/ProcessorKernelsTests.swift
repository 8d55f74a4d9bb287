@testable import Pipeline
import Testing

@Suite struct ProcessorKernelsTests {
    @Test("the kernels are the newest whose instructions the processor has, and none where that is unknown", arguments: [
        ("flags\t\t: fpu sse2 avx avx2 fma avx512f avx512dq avx512bw avx512vl avx512cd", "SkylakeX"),
        ("flags\t\t: fpu sse2 avx avx2 fma avx512f", "Haswell"),
        ("processor : 0\nflags\t\t: fma avx2\nprocessor : 1", "Haswell"),
        ("flags\t\t: fpu sse2 avx", nil), ("Features : neon", nil), ("", nil),
    ])
    func coreType(processor: String, expected: String?) {
        #expect(ProcessorKernels.coreType(processor: processor) == expected)
    }
}
