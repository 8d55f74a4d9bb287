// Which products are divided into halves (bodies/strassen.h), and where. Shared with the plain twin: the halves decide which
// numbers are added to which, hence the bits.

#ifndef CKERNELS_DIVIDED_H
#define CKERNELS_DIVIDED_H

#include "ckernels.h"

// Rows and depth that are divided at a time: their sums stay in the second-level cache.
#define DIVIDED_ROWS 160
#define DIVIDED_DEPTH 320
// A panel of each half of the columns.
#define DIVIDED_COLUMNS 64

// Where the eighth of the multiplications that is saved outweighs the additions: smaller products gain nothing.
static inline int is_divided(const ck_product *g) {
    return g->m >= 128 && g->k >= 128 && g->n >= 128 && g->m % 8 == 0 && g->k % 2 == 0 && g->n % (2 * DIVIDED_COLUMNS) == 0;
}

// `total` in even parts of at most `most`, each but the last a multiple of `step`.
static inline size_t divided_part(size_t total, size_t most, size_t step) {
    const size_t parts = (total + most - 1) / most, part = (total + parts - 1) / parts;
    return (part + step - 1) / step * step;
}

// Calls `divide` for `rows` rows of C from `row` on and `depth` of k from `first` on, until all is done, k in its order.
static inline void for_each_divided_block(
    const ck_product *g, void (*divide)(const ck_product *g, size_t row, size_t rows, size_t first, size_t depth)
) {
    const size_t rows = divided_part(g->m, DIVIDED_ROWS, 8), depth = divided_part(g->k, DIVIDED_DEPTH, 2);
    for (size_t first = 0; first < g->k; first += depth) {
        for (size_t row = 0; row < g->m; row += rows) {
            divide(
                g, row, g->m - row < rows ? g->m - row : rows, first, g->k - first < depth ? g->k - first : depth);
        }
    }
}

#endif
