// The tables that the sets define and the dispatcher chooses from.

#include "ckernels.h"

extern const ck_kernels ck_plain_kernels;
extern const ck_pair_kernels ck_plain_avx512bf16_pair_kernels;
extern const ck_pair_kernels ck_plain_amx_pair_kernels;
extern const ck_kernels ck_baseline_kernels;
#if defined(__x86_64__)
extern const ck_kernels ck_avx2_kernels;
extern const ck_kernels ck_avx512_kernels;
extern const ck_pair_kernels ck_avx512bf16_pair_kernels;
extern const ck_pair_kernels ck_amx_pair_kernels;
#endif
