// The plain twins of the products of bfloat16 pairs, one for each order of additions.

#include "preamble.h"

// Rounded to nearest even; what is too small for the exponent of a normal number becomes zero.
static uint32_t bfloat16(float x) {
    uint32_t bits;
    memcpy(&bits, &x, sizeof bits);
    if ((bits & 0x7F800000u) == 0) { return bits >> 31 << 15; }
    if ((bits & 0x7FFFFFFFu) > 0x7F800000u) { return bits >> 16 | 0x40; }
    return (bits + 0x7FFF + (bits >> 16 & 1)) >> 16;
}

static void put_pair(float low, float high, float *out) {
    const uint32_t pair = bfloat16(low) | bfloat16(high) << 16;
    memcpy(out, &pair, sizeof pair);
}

static void pair_columns(size_t rows, size_t columns, const float *a, size_t a_stride, float *out, size_t out_stride) {
    for (size_t i = 0; i < rows; i++) {
        const float *row = a + i * a_stride;
        for (size_t j = 0; j < columns; j += 2) {
            put_pair(row[j], j + 1 < columns ? row[j + 1] : 0, out + i * out_stride + j / 2);
        }
    }
}

static void pair_rows(size_t rows, size_t columns, const float *a, size_t a_stride, float *out, size_t out_stride) {
    for (size_t i = 0; i < rows; i += 2) {
        const float *low = a + i * a_stride, *high = low + a_stride;
        for (size_t j = 0; j < columns; j++) {
            put_pair(low[j], i + 1 < rows ? high[j] : 0, out + i / 2 * out_stride + j);
        }
    }
}

static void pair_both(const ck_pairing *p) {
    pair_columns(p->rows, p->columns, p->a, p->a_stride, p->column_pairs, p->column_pairs_stride);
    for (size_t j = 0; j < p->columns; j++) {
        float sum = 0;
        for (size_t pair = (p->rows + 1) / 2; pair-- > 0;) {
            const float *low = p->a + 2 * pair * p->a_stride + j;
            const float high = 2 * pair + 1 < p->rows ? low[p->a_stride] : 0;
            sum += *low + high;
            put_pair(*low, high, p->row_pairs + pair * p->row_pairs_stride + j);
        }
        if (p->sums) { p->sums[j] += sum; }
    }
}

static void take_pair(const float *pair, float out[2]) {
    uint32_t bits, halves[2];
    memcpy(&bits, pair, sizeof bits);
    halves[0] = bits << 16;
    halves[1] = bits & 0xFFFF0000u;
    memcpy(out, halves, sizeof halves);
}

static float flushed(float x) { return fabsf(x) < 0x1p-126f ? copysignf(0, x) : x; }

typedef float (*pair_sum)(const ck_product *g, size_t i, size_t j, float start);

static void take_pairs(const ck_product *g, size_t i, size_t j, size_t p, float a[2], float b[2]) {
    take_pair(g->a_transposed ? g->a + p * g->a_stride + i : g->a + i * g->a_stride + p, a);
    take_pair(g->b + p * g->b_stride + j, b);
}

static float sum_of_pairs(const ck_product *g, size_t i, size_t j, float sum) {
    for (size_t p = 0; p < g->k; p++) {
        float a[2], b[2];
        take_pairs(g, i, j, p, a, b);
        sum = flushed(fmaf(a[1], b[1], flushed(sum)));
        sum = flushed(fmaf(a[0], b[0], sum));
    }
    return sum;
}

static float sum_of_tiles(const ck_product *g, size_t i, size_t j, float sum) {
    for (size_t first = 0; first < g->k; first += 16) {
        float firsts = 0, seconds = 0;
        for (size_t p = first; p < g->k && p < first + 16; p++) {
            float a[2], b[2];
            take_pairs(g, i, j, p, a, b);
            firsts = flushed(fmaf(flushed(a[0]), flushed(b[0]), firsts));
            seconds = flushed(fmaf(flushed(a[1]), flushed(b[1]), seconds));
        }
        sum = flushed(flushed(sum) + flushed(firsts + seconds));
    }
    return sum;
}

static void pair_product(const ck_product *g, pair_sum sum) {
    for (size_t i = 0; i < g->m; i++) {
        for (size_t j = 0; j < g->n; j++) {
            float *c = g->c + i * g->c_stride + j;
            *c = sum(g, i, j, g->accumulate ? *c : g->bias ? g->bias[j] : 0);
        }
    }
}

static void product_in_pairs(const ck_product *g) { pair_product(g, sum_of_pairs); }
static void product_in_tiles(const ck_product *g) { pair_product(g, sum_of_tiles); }

const ck_pair_kernels ck_plain_avx512bf16_pair_kernels = {
    .name = "plain avx512bf16",
    .product = product_in_pairs,
    .pair_columns = pair_columns,
    .pair_rows = pair_rows,
    .pair_both = pair_both,
};

const ck_pair_kernels ck_plain_amx_pair_kernels = {
    .name = "plain amx",
    .product = product_in_tiles,
    .pair_columns = pair_columns,
    .pair_rows = pair_rows,
    .pair_both = pair_both,
};
