// The optimisers `adam` and `momentum` from an including file's `adam_step` and `momentum_step`: in their arithmetic, numbers below
// the normal range, 1.2e-38, count as zero. What an optimiser remembers of a gradient that has become zero decays into that
// range and stays there, and on Intel's processors each operation there takes a hundred times as long.

#if defined(__x86_64__)
#include <xmmintrin.h>

static inline unsigned begin_flushing(void) {
    const unsigned before = _mm_getcsr(), results_and_operands = 0x8040;
    _mm_setcsr(before | results_and_operands);
    return before;
}

static inline void end_flushing(unsigned before) { _mm_setcsr(before); }
#else
static inline unsigned begin_flushing(void) { return 0; }
static inline void end_flushing(unsigned before) { (void)before; }
#endif

// Not inlined, for then their arithmetic could be moved out of there.
static __attribute__((noinline)) void adam_step(
    const ck_adam *a, const ck_gradient *gradient, size_t first, size_t end, float *m, float *v, float *weights);
static __attribute__((noinline)) void momentum_step(
    float rate, float momentum, const ck_gradient *gradient, size_t first, size_t end, float *velocity, float *weights);

static void adam(
    const ck_adam *a, const ck_gradient *gradient, size_t first, size_t end, float *m, float *v, float *weights
) {
    const unsigned before = begin_flushing();
    adam_step(a, gradient, first, end, m, v, weights);
    end_flushing(before);
}

static void momentum(
    float rate, float momentum, const ck_gradient *gradient, size_t first, size_t end, float *velocity, float *weights
) {
    const unsigned before = begin_flushing();
    momentum_step(rate, momentum, gradient, first, end, velocity, weights);
    end_flushing(before);
}
