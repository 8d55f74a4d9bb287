#include "preamble.h"

// SSE2 on x86-64, whatever the compiler assumes elsewhere; fused only where the processor certainly can.
#if defined(__aarch64__)
#define KERNEL_BASELINE_FUSED 1
#else
#define KERNEL_BASELINE_FUSED 0
#endif

#define KERNEL_TABLE ck_baseline_kernels
#define KERNEL_NAME "baseline"
#define KERNEL_FUSED KERNEL_BASELINE_FUSED
#define KERNEL_AVX512 0
#define PRODUCT_TILE_ROWS 2
#define PRODUCT_TILE_VECTORS 1
#include "bodies/kernels.h"

