// A · B^T without B^T in memory: sixteen rows of A become columns, and C^T = B A^T is summed by the tiles of `product.h`,
// whose factors are then B's numbers as they are stored. For matrices that are used once in a shard's pass, such as a dense
// layer's weights.

// Sixteen rows of A, from `row` on, as columns: `depth` lines of sixteen, the rows that A does not have zero.
INLINE void gather_columns(const ck_product *g, size_t row, size_t first, size_t depth, float *columns) {
    const size_t rows = lanes_of(g->m - row);
    for (size_t p = 0; p < depth; p += LANES) {
        floats lines[LANES];
        load_columns(lines, g->a + row * g->a_stride + first + p, g->a_stride, rows, lanes_of(depth - p));
        UNROLL for (size_t i = 0; i < LANES; i++) { store(columns + (p + i) * LANES, lines[i]); }
    }
}

// Sixteen rows by sixteen columns of C, which become columns while they are summed: C^T = B A^T.
INLINE void product_by_transpose_tile(
    const ck_product *g, size_t row, size_t column, size_t first, size_t depth, const float *columns
) {
    const size_t rows = lanes_of(g->m - row), width = lanes_of(g->n - column);
    float *c = g->c + row * g->c_stride + column;
    const int continued = first > 0;
    _Alignas(64) float across[LANES * LANES];
    floats lines[LANES];
    if (continued) {
        load_columns(lines, c, g->c_stride, rows, width);
        UNROLL for (size_t i = 0; i < LANES; i++) { store(across + i * LANES, lines[i]); }
    }
    const ck_product inner = {
        .m = width, .n = LANES, .k = depth, .a = g->b + column * g->b_stride + first, .a_stride = g->b_stride,
        .b = columns, .b_stride = LANES, .c = across, .c_stride = LANES, .accumulate = continued};
    product_panel(PRODUCT_TILE_ROWS, 1, 0, &inner, 0, 0, depth, LANES);
    UNROLL for (size_t i = 0; i < LANES; i++) { lines[i] = i < width ? load(across + i * LANES) : broadcast(0); }
    transpose_lines(lines);
    UNROLL for (size_t i = 0; i < LANES; i++) {
        if (i < rows) { store_some(c + i * g->c_stride, lines[i], width); }
    }
}

static void product_by_transpose(const ck_product *g) {
    if (g->k == 1 && g->b_stride == 1) {
        // A column in contiguous memory is a row.
        product(g);
        return;
    }
    _Alignas(64) float columns[PRODUCT_DEPTH * LANES];
    for (size_t first = 0; first == 0 || first < g->k; first += PRODUCT_DEPTH) {
        const size_t depth = g->k - first < PRODUCT_DEPTH ? g->k - first : PRODUCT_DEPTH;
        for (size_t row = 0; row < g->m; row += LANES) {
            gather_columns(g, row, first, depth, columns);
            for (size_t column = 0; column < g->n; column += LANES) {
                product_by_transpose_tile(g, row, column, first, depth, columns);
            }
        }
    }
}
