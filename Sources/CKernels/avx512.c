#include "preamble.h"

#if defined(__x86_64__)
#include <immintrin.h>

#pragma clang attribute push(__attribute__((target("avx512f,avx512vl,avx512dq,avx512bw,avx2,fma"))), apply_to = function)

#define KERNEL_TABLE ck_avx512_kernels
#define KERNEL_NAME "avx512"
#define KERNEL_FUSED 1
#define KERNEL_AVX512 1
#define PRODUCT_TILE_ROWS 8
#define PRODUCT_TILE_VECTORS 4
// As many as there are registers for: cores that two programs share have fewer loads to spare than sums.
#define PRODUCT_WIDE_TILE_ROWS 6
#include "bodies/kernels.h"

#pragma clang attribute pop
#endif
