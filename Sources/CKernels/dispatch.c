#include <stdlib.h>
#include <string.h>
#if defined(__linux__)
#include <sys/syscall.h>
#include <unistd.h>
#endif

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

#if defined(__x86_64__)
static int has_avx512bf16(void) {
    return ck_kernels_for(CK_AVX512) != NULL && __builtin_cpu_supports("avx512bf16");
}

// Linux lets a process use tiles only after it has asked for them: their 8 KB enlarge what a thread's switch must save.
static int may_use_tiles(void) {
#if defined(__linux__)
    const long request_permission = 0x1023, tile_data = 18; // ARCH_REQ_XCOMP_PERM, XFEATURE_XTILEDATA
    return syscall(SYS_arch_prctl, request_permission, tile_data) == 0;
#else
    return 0;
#endif
}

static int has_amx(void) {
    return has_avx512bf16() && __builtin_cpu_supports("amx-tile") && __builtin_cpu_supports("amx-bf16") && may_use_tiles();
}
#endif

const ck_pair_kernels *ck_pair_kernels_for(ck_pair_set set) {
    switch (set) {
        case CK_PLAIN_AVX512BF16: return &ck_plain_avx512bf16_pair_kernels;
        case CK_PLAIN_AMX: return &ck_plain_amx_pair_kernels;
#if defined(__x86_64__)
        case CK_AVX512BF16: return has_avx512bf16() ? &ck_avx512bf16_pair_kernels : NULL;
        case CK_AMX: return has_amx() ? &ck_amx_pair_kernels : NULL;
#else
        case CK_AVX512BF16:
        case CK_AMX: return NULL;
#endif
    }
    return NULL;
}

const ck_pair_kernels *ck_pair_kernels_beside(const ck_kernels *kernels) {
    const int has_tiles = ck_pair_kernels_for(CK_AMX) != NULL;
    if (kernels == &ck_plain_kernels) { return ck_pair_kernels_for(has_tiles ? CK_PLAIN_AMX : CK_PLAIN_AVX512BF16); }
#if defined(__x86_64__)
    if (kernels != &ck_avx512_kernels) { return NULL; }
    if (has_tiles) { return ck_pair_kernels_for(CK_AMX); }
    return __builtin_cpu_is("intel") ? NULL : ck_pair_kernels_for(CK_AVX512BF16);
#else
    return NULL;
#endif
}
