#include <stdlib.h>
#include <string.h>

#include "tables.h"

const ck_kernels *ck_kernels_for(ck_instruction_set set) {
    switch (set) {
        case CK_PLAIN: return &ck_plain_kernels;
        case CK_BASELINE: return &ck_baseline_kernels;
#if defined(__x86_64__)
        case CK_AVX2: return __builtin_cpu_supports("avx2") && __builtin_cpu_supports("fma") ? &ck_avx2_kernels : NULL;
        case CK_AVX512:
            return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512vl") &&
                           __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512bw")
                       ? &ck_avx512_kernels
                       : NULL;
#else
        case CK_AVX2:
        case CK_AVX512: return NULL;
#endif
    }
    return NULL;
}

const ck_kernels *ck_kernels_best(void) {
    const char *wanted = getenv("DWCP_INSTRUCTION_SET");
    const ck_kernels *best = NULL;
    for (int set = CK_PLAIN; set <= CK_AVX512; set++) {
        const ck_kernels *kernels = ck_kernels_for((ck_instruction_set)set);
        if (kernels == NULL) { continue; }
        if (wanted != NULL && strcmp(wanted, kernels->name) == 0) { return kernels; }
        best = kernels;
    }
    return best;
}

const ck_pair_kernels *ck_pair_kernels_beside(const ck_kernels *kernels) {
    if (kernels == &ck_plain_kernels) { return &ck_plain_pair_kernels; }
#if defined(__x86_64__)
    if (kernels == &ck_avx512_kernels && __builtin_cpu_supports("avx512bf16")) { return &ck_avx512bf16_pair_kernels; }
#endif
    return NULL;
}
