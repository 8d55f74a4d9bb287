// Products of pairs by AVX-512 BF16: the tiles of `product.h` carry pairs as they carry floats; only the term that they add
// differs.

// For each lane: sum + factor.high · line.high, rounded, + factor.low · line.low, rounded.
INLINE floats add_pair_products(floats factor, floats line, floats sum) {
    return (floats)_mm512_dpbf16_ps((__m512)sum, (__m512bh)factor, (__m512bh)line);
}

#define PRODUCT_TERM(factor, line, sum) add_pair_products(factor, line, sum)
#include "product.h"
