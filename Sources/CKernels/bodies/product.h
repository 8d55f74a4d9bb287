// Matrix products by register tiles: R rows by V vectors of C stay in registers while k runs.

// What a product adds to its sum for one factor of A and sixteen of B.
#ifndef PRODUCT_TERM
#define PRODUCT_TERM(factor, line, sum) FMA(factor, line, sum)
#endif

// Columns of k that are summed before C is written back, so that the panel of B stays in the first cache levels.
#define PRODUCT_DEPTH 512

// sums [R, V] += R rows of A times V vectors of B, k first to last; the last vector has `part` columns (16 when whole).
INLINE void add_terms(
    const int R, const int V, floats *sums, const float *a, size_t row_stride, size_t k_stride, const float *b,
    size_t b_stride, size_t depth, size_t part
) {
    for (size_t p = 0; p < depth; p++, a += k_stride, b += b_stride) {
        floats line[PRODUCT_TILE_VECTORS];
        UNROLL for (int j = 0; j < V; j++) {
            line[j] = j == V - 1 ? load_some(b + LANES * j, part) : load(b + LANES * j);
        }
        UNROLL for (int i = 0; i < R; i++) {
            const floats factor = broadcast(a[i * row_stride]);
            UNROLL for (int j = 0; j < V; j++) { sums[i * V + j] = PRODUCT_TERM(factor, line[j], sums[i * V + j]); }
        }
    }
}

// One tile; `part` is the number of columns in the last vector (16 when whole).
INLINE void product_tile(
    const int R, const int V, const int transposed, const ck_product *g, size_t row, size_t column, size_t first,
    size_t depth, size_t part
) {
    const size_t row_stride = transposed ? 1 : g->a_stride;
    const size_t k_stride = transposed ? g->a_stride : 1;
    const float *a = g->a + row * row_stride + first * k_stride;
    const float *b = g->b + first * g->b_stride + column;
    float *c = g->c + row * g->c_stride + column;
    const int continued = g->accumulate || first > 0;
    floats sums[R * V];

    UNROLL for (int j = 0; j < V; j++) {
        const size_t width = j == V - 1 ? part : LANES;
        const floats start = g->bias && !continued ? load_some(g->bias + column + LANES * j, width) : broadcast(0);
        UNROLL for (int i = 0; i < R; i++) {
            sums[i * V + j] = continued ? load_some(c + i * g->c_stride + LANES * j, width) : start;
        }
    }
    add_terms(R, V, sums, a, row_stride, k_stride, b, g->b_stride, depth, part);
    UNROLL for (int i = 0; i < R; i++) {
        UNROLL for (int j = 0; j < V; j++) {
            store_some(c + i * g->c_stride + LANES * j, sums[i * V + j], j == V - 1 ? part : LANES);
        }
    }
}

// All rows of one column panel. R is the rows of a full tile; the rest goes through smaller tiles.
INLINE void product_panel(
    const int R, const int V, const int transposed, const ck_product *g, size_t column, size_t first, size_t depth,
    size_t part
) {
    size_t row = 0;
    for (; row + R <= g->m; row += R) { product_tile(R, V, transposed, g, row, column, first, depth, part); }
    if (R > 4 && row + 4 <= g->m) {
        product_tile(4, V, transposed, g, row, column, first, depth, part);
        row += 4;
    }
    if (R > 2 && row + 2 <= g->m) {
        product_tile(2, V, transposed, g, row, column, first, depth, part);
        row += 2;
    }
    if (row < g->m) { product_tile(1, V, transposed, g, row, column, first, depth, part); }
}

INLINE void product_panels(const int transposed, const ck_product *g) {
    for (size_t first = 0; first == 0 || first < g->k; first += PRODUCT_DEPTH) {
        const size_t depth = g->k - first < PRODUCT_DEPTH ? g->k - first : PRODUCT_DEPTH;
        size_t column = 0;
#if PRODUCT_TILE_VECTORS == 4
        for (; column + 4 * LANES <= g->n; column += 4 * LANES) {
            product_panel(PRODUCT_WIDE_TILE_ROWS, 4, transposed, g, column, first, depth, LANES);
        }
        for (; column + 2 * LANES <= g->n; column += 2 * LANES) {
            product_panel(8, 2, transposed, g, column, first, depth, LANES);
        }
#endif
        for (; column + LANES <= g->n; column += LANES) {
            product_panel(PRODUCT_TILE_ROWS, 1, transposed, g, column, first, depth, LANES);
        }
        if (column < g->n) { product_panel(PRODUCT_TILE_ROWS, 1, transposed, g, column, first, depth, g->n - column); }
    }
}

// One column of C: sums of sixteen rows are one vector when their factors are transposed in registers.
INLINE void product_column(const ck_product *g) {
    for (size_t row = 0; row < g->m; row += LANES) {
        const size_t rows = lanes_of(g->m - row);
        float *c = g->c + row;
        floats sum = g->accumulate ? load_some(c, rows) : broadcast(g->bias ? g->bias[0] : 0);
        for (size_t first = 0; first < g->k; first += LANES) {
            const size_t depth = lanes_of(g->k - first);
            floats lines[LANES];
            load_columns(lines, g->a + row * g->a_stride + first, g->a_stride, rows, depth);
            UNROLL for (size_t p = 0; p < LANES; p++) {
                if (p < depth) { sum = PRODUCT_TERM(lines[p], broadcast(g->b[(first + p) * g->b_stride]), sum); }
            }
        }
        store_some(c, sum, rows);
    }
}

static void product(const ck_product *g) {
    if (!g->a_transposed && g->n == 1 && g->c_stride == 1) {
        product_column(g);
    } else if (g->a_transposed && g->n == 1 && g->c_stride == 1 && !g->bias) {
        // A column in contiguous memory is a row: its elements, the same sums, fill whole vectors.
        const ck_product row = {
            .m = 1, .n = g->m, .k = g->k, .a = g->b, .a_stride = g->b_stride, .a_transposed = 1, .b = g->a,
            .b_stride = g->a_stride, .c = g->c, .c_stride = g->m, .accumulate = g->accumulate};
        product_panels(1, &row);
    } else if (g->a_transposed) {
        product_panels(1, g);
    } else {
        product_panels(0, g);
    }
}
