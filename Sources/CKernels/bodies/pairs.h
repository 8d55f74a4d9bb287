// Products of bfloat16 numbers in pairs, by AVX-512 BF16. A pair fills the 32 bits of a float, so the tiles of `product.h`
// carry it as they carry floats; only the term that they add differs.

typedef uint16_t halves __attribute__((vector_size(64)));

// For each lane: sum + factor.high · line.high, rounded, + factor.low · line.low, rounded.
INLINE floats add_pair_products(floats factor, floats line, floats sum) {
    return (floats)_mm512_dpbf16_ps((__m512)sum, (__m512bh)factor, (__m512bh)line);
}

#define PRODUCT_TERM(factor, line, sum) add_pair_products(factor, line, sum)
#include "product.h"

// The sixteen `low` in the lower half of the result, the sixteen `high` in the upper, each rounded to nearest even.
INLINE halves rounded(floats low, floats high) { return (halves)_mm512_cvtne2ps_pbh((__m512)high, (__m512)low); }

static void pair_columns(size_t rows, size_t columns, const float *a, size_t a_stride, float *out, size_t out_stride) {
    for (size_t row = 0; row < rows; row++) {
        for (size_t column = 0; column < columns; column += 2 * LANES) {
            const float *from = a + row * a_stride + column;
            const size_t rest = columns - column, width = rest < 2 * LANES ? (rest + 1) / 2 : LANES;
            const floats low = load_some(from, lanes_of(rest));
            const floats high = rest > LANES ? load_some(from + LANES, lanes_of(rest - LANES)) : broadcast(0);
            store_some(out + row * out_stride + column / 2, (floats)rounded(low, high), width);
        }
    }
}

static void pair_rows(size_t rows, size_t columns, const float *a, size_t a_stride, float *out, size_t out_stride) {
    for (size_t pair = (rows + 1) / 2; pair-- > 0;) {
        const size_t row = 2 * pair;
        for (size_t column = 0; column < columns; column += LANES) {
            const size_t width = lanes_of(columns - column);
            const float *from = a + row * a_stride + column;
            const floats low = load_some(from, width);
            const floats high = row + 1 < rows ? load_some(from + a_stride, width) : broadcast(0);
            const halves both = rounded(low, high);
            const halves pairs = __builtin_shufflevector(
                both, both, 0, 16, 1, 17, 2, 18, 3, 19, 4, 20, 5, 21, 6, 22, 7, 23, 8, 24, 9, 25, 10, 26, 11, 27, 12, 28, 13,
                29, 14, 30, 15, 31);
            store_some(out + pair * out_stride + column, (floats)pairs, width);
        }
    }
}
