#include "preamble.h"

#if defined(__x86_64__)
#pragma clang attribute push(__attribute__((target("avx2,fma"))), apply_to = function)

#define KERNEL_TABLE ck_avx2_kernels
#define KERNEL_NAME "avx2"
#define KERNEL_FUSED 1
#define KERNEL_AVX512 0
#define PRODUCT_TILE_ROWS 6
#define PRODUCT_TILE_VECTORS 1
#include "bodies/kernels.h"

#pragma clang attribute pop
#endif
