// Arithmetic in which numbers below the normal range, 1.2e-38, count as zero. What an optimiser remembers of a gradient that has
// become zero decays into that range and stays there; on Intel's processors each operation there takes a hundred times as long.

#ifndef CKERNELS_FLUSHING_H
#define CKERNELS_FLUSHING_H

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

// For the function called in between: inlined, its arithmetic could be moved out of there.
#define NOT_INLINED __attribute__((noinline))

#endif
