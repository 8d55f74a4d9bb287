// Sixteen floats as one value: one register of AVX-512, two of AVX2, four of SSE. The same operations in the same order
// whatever the register width, hence the same bits.

#define INLINE static inline __attribute__((always_inline))
#define UNROLL _Pragma("clang loop unroll(full)")
#define LANES 16

typedef float floats __attribute__((vector_size(64)));
typedef int32_t ints __attribute__((vector_size(64)));
typedef uint32_t words __attribute__((vector_size(64)));
typedef uint64_t wide_words __attribute__((vector_size(64)));
typedef double doubles __attribute__((vector_size(128)));

#if KERNEL_FUSED
#define FMA(a, b, c) __builtin_elementwise_fma((a), (b), (c))
#else
#define FMA(a, b, c) ((a) * (b) + (c))
#endif

INLINE floats load(const float *p) {
    floats v;
    memcpy(&v, p, sizeof v);
    return v;
}

INLINE void store(float *p, floats v) { memcpy(p, &v, sizeof v); }

// For a shuffle: the lanes `i` and `i + distance`, side by side, and the three behind each.
#define PAIR(i, distance) (i), (i) + (distance)
#define FOUR_PAIRS(i, distance)                                                                                      \
    PAIR(i, distance), PAIR(i + 1, distance), PAIR(i + 2, distance), PAIR(i + 3, distance)

// Lanes moved up or down; those that enter are undefined.
#define UP_8(v) __builtin_shufflevector(v, v, -1, -1, -1, -1, -1, -1, -1, -1, 0, 1, 2, 3, 4, 5, 6, 7)
#define UP_4(v) __builtin_shufflevector(v, v, -1, -1, -1, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11)
#define UP_2(v) __builtin_shufflevector(v, v, -1, -1, 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13)
#define DOWN_8(v) __builtin_shufflevector(v, v, 8, 9, 10, 11, 12, 13, 14, 15, -1, -1, -1, -1, -1, -1, -1, -1)
#define DOWN_4(v) __builtin_shufflevector(v, v, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, -1, -1, -1, -1)
#define DOWN_2(v) __builtin_shufflevector(v, v, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, -1, -1)

// `v`, its first `size` lanes replaced by the floats at p.
INLINE floats with_first(const float *p, const size_t size, floats v) {
    memcpy(&v, p, size * sizeof *p);
    return v;
}

// The first `count` < 16 floats at p, the rest zero; never touches memory beyond them.
INLINE floats load_part(const float *p, size_t count) {
#if KERNEL_AVX512
    return (floats)_mm512_maskz_loadu_ps((__mmask16)((1u << count) - 1), p);
#else
    // The last numbers first, in pieces of 1, 2, 4 and 8: a call of memcpy for every vector would take longer than the rest.
    floats v = {0};
    if (count & 1) { v[0] = p[count & 14]; }
    if (count & 2) { v = with_first(p + (count & 12), 2, UP_2(v)); }
    if (count & 4) { v = with_first(p + (count & 8), 4, UP_4(v)); }
    if (count & 8) { v = with_first(p, 8, UP_8(v)); }
    return v;
#endif
}

INLINE void store_part(float *p, floats v, size_t count) {
#if KERNEL_AVX512
    _mm512_mask_storeu_ps(p, (__mmask16)((1u << count) - 1), (__m512)v);
#else
    if (count & 8) { memcpy(p, &v, 8 * sizeof *p); v = DOWN_8(v); }
    if (count & 4) { memcpy(p + (count & 8), &v, 4 * sizeof *p); v = DOWN_4(v); }
    if (count & 2) { memcpy(p + (count & 12), &v, 2 * sizeof *p); v = DOWN_2(v); }
    if (count & 1) { p[count & 14] = v[0]; }
#endif
}

// As above for 0 … 16 floats. Whole vectors take the unmasked path, which is the fast one everywhere.
INLINE floats load_some(const float *p, size_t count) { return count == LANES ? load(p) : load_part(p, count); }

INLINE void store_some(float *p, floats v, size_t count) {
    if (count == LANES) {
        store(p, v);
    } else {
        store_part(p, v, count);
    }
}

// How many of `rest` elements the next vector holds.
INLINE size_t lanes_of(size_t rest) { return rest < LANES ? rest : LANES; }

INLINE floats broadcast(float x) { return (floats){x, x, x, x, x, x, x, x, x, x, x, x, x, x, x, x}; }

// a where the mask is set, else b.
INLINE floats choose(ints mask, floats a, floats b) { return (floats)((mask & (ints)a) | (~mask & (ints)b)); }

// The first `count` lanes, the others zero.
INLINE floats first_lanes(floats x, size_t count) {
    const ints lane = {0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15};
    const int bound = (int)count;
    const ints bounds = {bound, bound, bound, bound, bound, bound, bound, bound,
                         bound, bound, bound, bound, bound, bound, bound, bound};
    return choose(lane < bounds, x, broadcast(0));
}

// NaN stays NaN in both.
INLINE floats at_most(floats x, float bound) { return choose(x > broadcast(bound), broadcast(bound), x); }
INLINE floats at_least(floats x, float bound) { return choose(x < broadcast(bound), broadcast(bound), x); }

// Swaps the off-diagonal blocks of SIZE lanes between rows i and i + SIZE, for one level of a transpose.
#define SWAP_BLOCKS(SIZE, LOW, HIGH)                                                                                 \
    UNROLL for (int i = 0; i < LANES; i++) {                                                                         \
        if ((i & (SIZE)) == 0) {                                                                                     \
            const floats first = lines[i], second = lines[i + (SIZE)];                                               \
            lines[i] = __builtin_shufflevector(first, second, LOW);                                                  \
            lines[i + (SIZE)] = __builtin_shufflevector(first, second, HIGH);                                        \
        }                                                                                                            \
    }
#define LOW_8 0, 1, 2, 3, 4, 5, 6, 7, 16, 17, 18, 19, 20, 21, 22, 23
#define HIGH_8 8, 9, 10, 11, 12, 13, 14, 15, 24, 25, 26, 27, 28, 29, 30, 31
#define LOW_4 0, 1, 2, 3, 16, 17, 18, 19, 8, 9, 10, 11, 24, 25, 26, 27
#define HIGH_4 4, 5, 6, 7, 20, 21, 22, 23, 12, 13, 14, 15, 28, 29, 30, 31
#define LOW_2 0, 1, 16, 17, 4, 5, 20, 21, 8, 9, 24, 25, 12, 13, 28, 29
#define HIGH_2 2, 3, 18, 19, 6, 7, 22, 23, 10, 11, 26, 27, 14, 15, 30, 31
#define LOW_1 0, 16, 2, 18, 4, 20, 6, 22, 8, 24, 10, 26, 12, 28, 14, 30
#define HIGH_1 1, 17, 3, 19, 5, 21, 7, 23, 9, 25, 11, 27, 13, 29, 15, 31

// Sixteen rows of sixteen become sixteen columns.
INLINE void transpose_lines(floats *lines) {
    SWAP_BLOCKS(8, LOW_8, HIGH_8)
    SWAP_BLOCKS(4, LOW_4, HIGH_4)
    SWAP_BLOCKS(2, LOW_2, HIGH_2)
    SWAP_BLOCKS(1, LOW_1, HIGH_1)
}

// `width` columns of `rows` rows, sixteen at most, as lines; lanes and lines beyond them are zero.
INLINE void load_columns(floats *lines, const float *from, size_t stride, size_t rows, size_t width) {
    UNROLL for (size_t i = 0; i < LANES; i++) {
        lines[i] = i < rows ? load_some(from + i * stride, width) : broadcast(0);
    }
    transpose_lines(lines);
}
