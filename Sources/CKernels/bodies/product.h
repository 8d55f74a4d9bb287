// Matrix products by register tiles: R rows by V vectors of C stay in registers while k runs.

// Columns of k that are summed before C is written back, so that the panel of B stays in the first cache levels.
#define PRODUCT_DEPTH 512

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
    floats sums[PRODUCT_TILE_VECTORS * PRODUCT_TILE_ROWS];

    UNROLL for (int j = 0; j < V; j++) {
        const size_t width = j == V - 1 ? part : LANES;
        const floats start = g->bias && !continued ? load_some(g->bias + column + LANES * j, width) : broadcast(0);
        UNROLL for (int i = 0; i < R; i++) {
            sums[i * V + j] = continued ? load_some(c + i * g->c_stride + LANES * j, width) : start;
        }
    }
    for (size_t p = 0; p < depth; p++) {
        floats line[PRODUCT_TILE_VECTORS];
        UNROLL for (int j = 0; j < V; j++) {
            line[j] = j == V - 1 ? load_some(b + p * g->b_stride + LANES * j, part) : load(b + p * g->b_stride + LANES * j);
        }
        UNROLL for (int i = 0; i < R; i++) {
            const floats factor = broadcast(a[i * row_stride + p * k_stride]);
            UNROLL for (int j = 0; j < V; j++) { sums[i * V + j] = FMA(factor, line[j], sums[i * V + j]); }
        }
    }
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
            product_panel(4, 4, transposed, g, column, first, depth, LANES);
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

static void product(const ck_product *g) {
    if (g->a_transposed && g->n == 1 && g->c_stride == 1 && !g->bias) {
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

// Sixteen by sixteen in registers, the edges one by one.
static void transpose(size_t rows, size_t columns, const float *a, size_t a_stride, float *out, size_t out_stride) {
    const size_t whole_rows = rows - rows % LANES, whole_columns = columns - columns % LANES;
    for (size_t row = 0; row < whole_rows; row += LANES) {
        for (size_t column = 0; column < whole_columns; column += LANES) {
            floats lines[LANES];
            UNROLL for (int i = 0; i < LANES; i++) { lines[i] = load(a + (row + i) * a_stride + column); }
            SWAP_BLOCKS(8, LOW_8, HIGH_8)
            SWAP_BLOCKS(4, LOW_4, HIGH_4)
            SWAP_BLOCKS(2, LOW_2, HIGH_2)
            SWAP_BLOCKS(1, LOW_1, HIGH_1)
            UNROLL for (int i = 0; i < LANES; i++) { store(out + (column + i) * out_stride + row, lines[i]); }
        }
    }
    for (size_t row = 0; row < rows; row++) {
        for (size_t column = row < whole_rows ? whole_columns : 0; column < columns; column++) {
            out[column * out_stride + row] = a[row * a_stride + column];
        }
    }
}

static void column_sums(size_t rows, size_t columns, const float *a, size_t stride, float *sums) {
    for (size_t column = 0; column < columns; column += LANES) {
        const size_t width = lanes_of(columns - column);
        floats total = broadcast(0);
        for (size_t row = 0; row < rows; row++) { total += load_some(a + row * stride + column, width); }
        store_some(sums + column, total, width);
    }
}

static void add(size_t count, const float *x, float *y) {
    for (size_t i = 0; i < count; i += LANES) {
        const size_t n = lanes_of(count - i);
        store_some(y + i, load_some(y + i, n) + load_some(x + i, n), n);
    }
}

static void multiply(size_t count, const float *x, const float *scales, float *y) {
    for (size_t i = 0; i < count; i += LANES) {
        const size_t n = lanes_of(count - i);
        store_some(y + i, load_some(x + i, n) * load_some(scales + i, n), n);
    }
}

static double sum_of_squares(size_t count, const float *x) {
    doubles lanes = {0};
    for (size_t i = 0; i < count; i += LANES) {
        const doubles wide = __builtin_convertvector(load_some(x + i, lanes_of(count - i)), doubles);
        lanes += wide * wide;
    }
    double total = 0;
    for (int lane = 0; lane < LANES; lane++) { total += lanes[lane]; }
    return total;
}
