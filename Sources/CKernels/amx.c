#include "preamble.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(                                                                                          \
    __attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,avx512bf16,avx2,fma,amx-tile,amx-bf16"))),               \
    apply_to = function)

#define KERNEL_FUSED 1
#define KERNEL_AVX512 1
#include "bodies/vector.h"

#include "bodies/pairs.h"
#include "bodies/tile_product.h"

const ck_pair_kernels ck_amx_pair_kernels = {
    .name = "amx",
    .product = tile_product,
    .pair_columns = pair_columns,
    .pair_rows = pair_rows,
    .pair_both = pair_both,
};

#pragma clang attribute pop
#endif
