// Products of pairs by AMX, which multiplies tiles of up to 16 rows by 16 pairs or floats each.

#define TILE 16
// Pairs that are summed before C is written back; a panel of so many columns of A lies on the stack.
#define TILE_PRODUCT_DEPTH 256

// What the processor reads to learn the tiles' shapes.
typedef struct {
    uint8_t palette, first_row, reserved[14];
    uint16_t row_bytes[16];
    uint8_t rows[16];
} tile_shapes;

INLINE void set_shape(tile_shapes *shapes, int tile, size_t rows, size_t columns) {
    shapes->rows[tile] = columns > 0 ? (uint8_t)rows : 0;
    shapes->row_bytes[tile] = rows > 0 ? (uint16_t)(columns * sizeof(float)) : 0;
}

// Blocks of C that are summed at once: (sum, its row and column in the block, tile of A, tile of B). Four sums, as each waits
// for its last addition while the others are added to.
#define BLOCK_OF_2_BY_2(DO) DO(0, 0, 0, 4, 6) DO(1, 0, 1, 4, 7) DO(2, 1, 0, 5, 6) DO(3, 1, 1, 5, 7)
#define BLOCK_OF_1_BY_4(DO) DO(0, 0, 0, 4, 6) DO(1, 0, 1, 4, 7) DO(2, 0, 2, 4, 6) DO(3, 0, 3, 4, 7)

#define BYTES(stride) ((stride) * sizeof(float))
#define START_SUM(sum, row, column, left, right)                                                                     \
    if (column < columns) {                                                                                          \
        if (g->accumulate) {                                                                                         \
            _tile_loadd(sum, c + row * TILE * g->c_stride + column * TILE, BYTES(g->c_stride));                      \
        } else if (bias) {                                                                                           \
            _tile_loadd(sum, bias + column * TILE, 0);                                                               \
        } else {                                                                                                     \
            _tile_zero(sum);                                                                                         \
        }                                                                                                            \
    }
#define ADD_PRODUCT(sum, row, column, left, right)                                                                   \
    if (column < columns) {                                                                                          \
        if (column == 0) { _tile_loadd(left, a + row * TILE * a_stride + p, BYTES(a_stride)); }                      \
        if (row == 0) { _tile_loadd(right, b + p * g->b_stride + column * TILE, BYTES(g->b_stride)); }               \
        _tile_dpbf16ps(sum, left, right);                                                                            \
    }
#define STORE_SUM(sum, row, column, left, right)                                                                     \
    if (column < columns) { _tile_stored(sum, c + row * TILE * g->c_stride + column * TILE, BYTES(g->c_stride)); }
#define SUM_BLOCK(BLOCK)                                                                                             \
    BLOCK(START_SUM)                                                                                                 \
    for (size_t p = 0; p < g->k; p += TILE) { BLOCK(ADD_PRODUCT) }                                                   \
    BLOCK(STORE_SUM)

// One or two rows of tiles, `c` and `bias` being those of C and `a` those of A, not transposed.
INLINE void tile_rows(const int count, const ck_product *g, const float *a, size_t a_stride, float *c) {
    const size_t all = (g->n + TILE - 1) / TILE, most = count == 2 ? 2 : 4;
    const float *b = g->b, *bias = g->bias;
    for (size_t first = 0; first < all; first += most, b += most * TILE, c += most * TILE) {
        const size_t columns = all - first < most ? all - first : most;
        if (count == 2) {
            SUM_BLOCK(BLOCK_OF_2_BY_2)
        } else {
            SUM_BLOCK(BLOCK_OF_1_BY_4)
        }
        bias += bias ? most * TILE : 0;
    }
}

// out [⌈rows / TILE⌉ · TILE, TILE_PRODUCT_DEPTH] = columns of A, which is stored as [k, m], from `row` on.
INLINE void tile_panel(const ck_product *g, size_t row, size_t rows, float *out) {
    for (size_t i = 0; i < rows; i += TILE) {
        for (size_t p = 0; p < g->k; p += TILE) {
            floats lines[LANES];
            load_columns(lines, g->a + p * g->a_stride + row + i, g->a_stride, lanes_of(g->k - p), lanes_of(rows - i));
            UNROLL for (size_t l = 0; l < LANES; l++) { store(out + (i + l) * TILE_PRODUCT_DEPTH + p, lines[l]); }
        }
    }
}

// Of a product whose m, n and k are each a multiple of TILE or below it, so that all its tiles of one kind have one shape. A tile
// is moved in that shape: nothing outside the matrices is touched.
static void even_tile_product(const ck_product *g) {
    const size_t rows = lanes_of(g->m), columns = lanes_of(g->n), depth = lanes_of(g->k);
    tile_shapes shapes = {.palette = 1};
    for (int sum = 0; sum < 4; sum++) { set_shape(&shapes, sum, rows, columns); }
    for (int left = 4; left < 6; left++) { set_shape(&shapes, left, rows, depth); }
    for (int right = 6; right < 8; right++) { set_shape(&shapes, right, depth, columns); }
    _tile_loadconfig(&shapes);
    _Alignas(64) float panel[2 * TILE * TILE_PRODUCT_DEPTH];
    for (size_t row = 0, height; row < g->m; row += height) {
        height = g->m - row < 2 * TILE ? rows : 2 * TILE;
        const float *a = panel;
        if (g->a_transposed) {
            tile_panel(g, row, height, panel);
        } else {
            a = g->a + row * g->a_stride;
        }
        const size_t a_stride = g->a_transposed ? TILE_PRODUCT_DEPTH : g->a_stride;
        float *c = g->c + row * g->c_stride;
        if (height > TILE) {
            tile_rows(2, g, a, a_stride, c);
        } else {
            tile_rows(1, g, a, a_stride, c);
        }
    }
    _tile_release();
}

// The length of the next part of `rest`: whole tiles, `most` numbers at most, or what is left of less than a tile.
INLINE size_t tiled_part(size_t rest, size_t most) {
    const size_t whole = rest < most ? rest / TILE * TILE : most;
    return whole > 0 ? whole : rest;
}

static void tile_product(const ck_product *g) {
    size_t first = 0;
    do {
        const size_t depth = tiled_part(g->k - first, TILE_PRODUCT_DEPTH);
        for (size_t row = 0, rows; row < g->m; row += rows) {
            rows = tiled_part(g->m - row, SIZE_MAX);
            for (size_t column = 0, columns; column < g->n; column += columns) {
                columns = tiled_part(g->n - column, SIZE_MAX);
                ck_product part = *g;
                part.m = rows;
                part.n = columns;
                part.k = depth;
                part.a += g->a_transposed ? first * g->a_stride + row : row * g->a_stride + first;
                part.b += first * g->b_stride + column;
                part.c += row * g->c_stride + column;
                part.bias = g->bias ? g->bias + column : NULL;
                part.accumulate = g->accumulate || first > 0;
                even_tile_product(&part);
            }
        }
        first += depth;
    } while (first < g->k);
}
