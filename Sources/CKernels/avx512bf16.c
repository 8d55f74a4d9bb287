#include "preamble.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(                                                                                          \
    __attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,avx512bf16,avx2,fma"))), apply_to = function)

#define KERNEL_FUSED 1
#define KERNEL_AVX512 1
#define PRODUCT_TILE_ROWS 8
#define PRODUCT_TILE_VECTORS 4
#define PRODUCT_WIDE_TILE_ROWS 4
#include "bodies/vector.h"

#include "bodies/pairs.h"
#include "bodies/pair_product.h"

const ck_pair_kernels ck_avx512bf16_pair_kernels = {
    .name = "avx512bf16",
    .product = product,
    .pair_columns = pair_columns,
    .pair_rows = pair_rows,
    .pair_both = pair_both,
};

#pragma clang attribute pop
#endif
