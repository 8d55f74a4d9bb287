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

// The first `count` < 16 floats at p, the rest zero; never touches memory beyond them.
INLINE floats load_part(const float *p, size_t count) {
#if KERNEL_AVX512
    return (floats)_mm512_maskz_loadu_ps((__mmask16)((1u << count) - 1), p);
#else
    floats v = {0};
    memcpy(&v, p, count * sizeof *p);
    return v;
#endif
}

INLINE void store_part(float *p, floats v, size_t count) {
#if KERNEL_AVX512
    _mm512_mask_storeu_ps(p, (__mmask16)((1u << count) - 1), (__m512)v);
#else
    memcpy(p, &v, count * sizeof *p);
#endif
}

// As above for 1 … 16 floats. Whole vectors take the unmasked path, which is the fast one everywhere.
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
