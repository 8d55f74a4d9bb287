// What every file of kernels starts with.

// Fused operations would differ from machine to machine.
#pragma STDC FP_CONTRACT OFF

#define INLINE static inline __attribute__((always_inline))

#if defined(__x86_64__) && defined(__linux__)
#define EVERY_INSTRUCTION_SET __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define EVERY_INSTRUCTION_SET
#endif
