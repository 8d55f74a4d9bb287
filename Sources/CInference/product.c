#include "cinference.h"

#include <string.h>

#include "dispatch.h"

// One register of AVX-512, two of AVX2, four of SSE.
typedef float floats __attribute__((vector_size(4 * CINFERENCE_LANES)));

#define MOST_VECTORS (CINFERENCE_STRIP / CINFERENCE_LANES)

// `vectors` is a constant where this is inlined, so that the sums stay in registers.
INLINE void accumulate_row(const float *left, const float *strip, float *result, size_t inner, size_t vectors) {
    floats sums[MOST_VECTORS];
    memcpy(sums, result, vectors * sizeof(floats));
    for (size_t k = 0; k < inner; k++) {
        const float factor = left[k];
#pragma clang loop unroll(full)
        for (size_t v = 0; v < vectors; v++) {
            floats line;
            memcpy(&line, strip + (k * vectors + v) * CINFERENCE_LANES, sizeof line);
            sums[v] += factor * line;
        }
    }
    memcpy(result, sums, vectors * sizeof(floats));
}

INLINE void accumulate_rows(
    const float *left, ptrdiff_t left_stride, const float *strip, float *result, ptrdiff_t result_stride, size_t rows,
    size_t inner, size_t width, size_t vectors) {
    for (size_t row = 0; row < rows; row++) {
        if (width == vectors * CINFERENCE_LANES) {
            accumulate_row(left, strip, result, inner, vectors);
        } else {
            float padded[CINFERENCE_STRIP] = {0};
            memcpy(padded, result, width * sizeof(float));
            accumulate_row(left, strip, padded, inner, vectors);
            memcpy(result, padded, width * sizeof(float));
        }
        left += left_stride;
        result += result_stride;
    }
}

EVERY_INSTRUCTION_SET
void cinference_accumulate(
    const float *left, ptrdiff_t left_stride, const float *strip, float *result, ptrdiff_t result_stride, size_t rows,
    size_t inner, size_t width) {
    switch ((width + CINFERENCE_LANES - 1) / CINFERENCE_LANES) {
        case 1: accumulate_rows(left, left_stride, strip, result, result_stride, rows, inner, width, 1); break;
        case 2: accumulate_rows(left, left_stride, strip, result, result_stride, rows, inner, width, 2); break;
        case 3: accumulate_rows(left, left_stride, strip, result, result_stride, rows, inner, width, 3); break;
        default: accumulate_rows(left, left_stride, strip, result, result_stride, rows, inner, width, MOST_VECTORS);
    }
}
