// Large products by Strassen's division in Winograd's form (Strassen, "Gaussian elimination is not optimal", 1969; Huang,
// Smith, Henry, van de Geijn, "Strassen's algorithm reloaded", 2016): A, B and C are cut into quarters, and seven products
// of quarters are formed instead of eight:
//
//     S1 = A21 + A22   S2 = S1 − A11   S3 = A11 − A21   S4 = A12 − S2
//     T1 = B12 − B11   T2 = B22 − T1   T3 = B22 − B12   T4 = B21 − T2
//     U1 = A11 B11     U2 = U1 + S2 T2     U3 = U2 + S3 T3     V = S1 T1
//     C11 = U1 + A12 B21    C12 = V + U2 + S4 B22    C21 = U3 + A22 T4    C22 = U3 + V
//
// Rounding errors are relative to the largest numbers of A and B, not to each element's own terms.

#include "../divided.h"

typedef struct {
    const float *at;
    size_t stride;
} quarter;

// Quarters of A, [m, k] or stored as [k, m], and their sums; quarters of B in one panel of columns, and their sums.
typedef struct {
    size_t m, k;
    quarter a11, a12, a21, a22, s1, s2, s3, s4;
} divided_left;

typedef struct {
    quarter b11, b12, b21, b22, t1, t2, t3, t4;
} divided_right;

// Four rows by as many vectors as the widest tile of `product.h`.
#define DIVIDED_TILE_ROWS 4
#define DIVIDED_TILE_WIDTH (PRODUCT_TILE_VECTORS * LANES)
#define EACH_VECTOR                                    \
    UNROLL for (int i = 0; i < DIVIDED_TILE_ROWS; i++) \
        UNROLL for (int j = 0; j < PRODUCT_TILE_VECTORS; j++)

typedef struct {
    floats sums[DIVIDED_TILE_ROWS * PRODUCT_TILE_VECTORS];
} tile;

INLINE void clear_tile(tile *t) { EACH_VECTOR t->sums[i * PRODUCT_TILE_VECTORS + j] = broadcast(0); }

INLINE void add_to_tile(tile *t, const float *from, size_t stride) {
    EACH_VECTOR t->sums[i * PRODUCT_TILE_VECTORS + j] += load(from + i * stride + LANES * j);
}

INLINE void store_tile(const tile *t, float *to, size_t stride) {
    EACH_VECTOR store(to + i * stride + LANES * j, t->sums[i * PRODUCT_TILE_VECTORS + j]);
}

// to = from + the tile.
INLINE void store_sum(const tile *t, const float *from, size_t from_stride, float *to, size_t stride) {
    EACH_VECTOR {
        const floats start = load(from + i * from_stride + LANES * j);
        store(to + i * stride + LANES * j, start + t->sums[i * PRODUCT_TILE_VECTORS + j]);
    }
}

INLINE void add_product(tile *t, const int transposed, quarter a, quarter b, size_t k, size_t row, size_t column) {
    const size_t row_stride = transposed ? 1 : a.stride, k_stride = transposed ? a.stride : 1;
    add_terms(
        DIVIDED_TILE_ROWS, PRODUCT_TILE_VECTORS, t->sums, a.at + row * row_stride, row_stride, k_stride, b.at + column,
        b.stride, k, LANES);
}

// S1 … S4 in `sums`, `size` floats each, laid out as the quarters are in memory: `rows` lines of `columns` numbers.
INLINE void divided_left_sums(divided_left *a, size_t rows, size_t columns, float *sums, size_t size) {
    for (size_t row = 0; row < rows; row++) {
        for (size_t column = 0; column < columns; column += LANES) {
            const size_t n = lanes_of(columns - column), from = row * a->a11.stride + column, to = row * columns + column;
            const floats a11 = load_some(a->a11.at + from, n), a12 = load_some(a->a12.at + from, n);
            const floats a21 = load_some(a->a21.at + from, n), a22 = load_some(a->a22.at + from, n);
            const floats s1 = a21 + a22, s2 = s1 - a11;
            store_some(sums + to, s1, n);
            store_some(sums + size + to, s2, n);
            store_some(sums + 2 * size + to, a11 - a21, n);
            store_some(sums + 3 * size + to, a12 - s2, n);
        }
    }
    a->s1 = (quarter){sums, columns};
    a->s2 = (quarter){sums + size, columns};
    a->s3 = (quarter){sums + 2 * size, columns};
    a->s4 = (quarter){sums + 3 * size, columns};
}

// T1 … T4 in `sums`, `size` floats each.
INLINE void divided_right_sums(divided_right *b, size_t k, float *sums, size_t size) {
    for (size_t p = 0; p < k; p++) {
        for (size_t column = 0; column < DIVIDED_COLUMNS; column += LANES) {
            const size_t from = p * b->b11.stride + column, to = p * DIVIDED_COLUMNS + column;
            const floats b11 = load(b->b11.at + from), b12 = load(b->b12.at + from);
            const floats b21 = load(b->b21.at + from), b22 = load(b->b22.at + from);
            const floats t1 = b12 - b11, t2 = b22 - t1;
            store(sums + to, t1);
            store(sums + size + to, t2);
            store(sums + 2 * size + to, b22 - b12);
            store(sums + 3 * size + to, b21 - t2);
        }
    }
    b->t1 = (quarter){sums, DIVIDED_COLUMNS};
    b->t2 = (quarter){sums + size, DIVIDED_COLUMNS};
    b->t3 = (quarter){sums + 2 * size, DIVIDED_COLUMNS};
    b->t4 = (quarter){sums + 3 * size, DIVIDED_COLUMNS};
}

// Adds what C starts from, if it is not zero.
INLINE void add_start(tile *t, const int starts, quarter start, size_t row, size_t column) {
    if (starts) { add_to_tile(t, start.at + row * start.stride + column, start.stride); }
}

// One panel of columns. `c` is C11 there, `start` what it starts from if `starts`, `u` holds m rows of U.
INLINE void divided_panel(
    const int transposed, const int starts, const ck_product *g, quarter start, const divided_left *a,
    const divided_right *b, float *c, float *u
) {
    const size_t half = g->n / 2, below = a->m * g->c_stride;
    tile t;
    for (size_t row = 0; row < a->m; row += DIVIDED_TILE_ROWS) {
        for (size_t column = 0; column < DIVIDED_COLUMNS; column += DIVIDED_TILE_WIDTH) {
            float *c11 = c + row * g->c_stride + column;
            clear_tile(&t);
            add_product(&t, transposed, a->a11, b->b11, a->k, row, column);
            store_tile(&t, u + row * DIVIDED_COLUMNS + column, DIVIDED_COLUMNS);
            add_start(&t, starts, start, row, column);
            add_product(&t, transposed, a->a12, b->b21, a->k, row, column);
            store_tile(&t, c11, g->c_stride);
        }
    }
    for (size_t row = 0; row < a->m; row += DIVIDED_TILE_ROWS) {
        for (size_t column = 0; column < DIVIDED_COLUMNS; column += DIVIDED_TILE_WIDTH) {
            float *c21 = c + below + row * g->c_stride + column, *c22 = c21 + half;
            float *u2 = u + row * DIVIDED_COLUMNS + column;
            clear_tile(&t);
            add_to_tile(&t, u2, DIVIDED_COLUMNS);
            add_product(&t, transposed, a->s2, b->t2, a->k, row, column);
            store_tile(&t, u2, DIVIDED_COLUMNS);
            add_product(&t, transposed, a->s3, b->t3, a->k, row, column);
            if (starts) {
                store_sum(&t, start.at + (a->m + row) * start.stride + half + column, start.stride, c22, g->c_stride);
            } else {
                store_tile(&t, c22, g->c_stride);
            }
            add_start(&t, starts, start, a->m + row, column);
            add_product(&t, transposed, a->a22, b->t4, a->k, row, column);
            store_tile(&t, c21, g->c_stride);
        }
    }
    for (size_t row = 0; row < a->m; row += DIVIDED_TILE_ROWS) {
        for (size_t column = 0; column < DIVIDED_COLUMNS; column += DIVIDED_TILE_WIDTH) {
            float *c12 = c + half + row * g->c_stride + column, *c22 = c12 + below;
            clear_tile(&t);
            add_product(&t, transposed, a->s1, b->t1, a->k, row, column);
            store_sum(&t, c22, g->c_stride, c22, g->c_stride);
            add_to_tile(&t, u + row * DIVIDED_COLUMNS + column, DIVIDED_COLUMNS);
            add_start(&t, starts, start, row, half + column);
            add_product(&t, transposed, a->s4, b->b22, a->k, row, column);
            store_tile(&t, c12, g->c_stride);
        }
    }
}

// 390 KB on the stack: a thread needs 512 KB at least.
typedef struct {
    _Alignas(64) float left_sums[DIVIDED_ROWS * DIVIDED_DEPTH];
    _Alignas(64) float right_sums[2 * DIVIDED_DEPTH * DIVIDED_COLUMNS];
    _Alignas(64) float u[DIVIDED_ROWS / 2 * DIVIDED_COLUMNS];
} divided_memory;

// `rows` rows of C from `row` on, and `depth` of k from `first` on.
INLINE void divide(
    const int transposed, const ck_product *g, size_t row, size_t rows, size_t first, size_t depth, divided_memory *memory
) {
    const size_t m = rows / 2, k = depth / 2;
    const size_t row_stride = transposed ? 1 : g->a_stride, k_stride = transposed ? g->a_stride : 1;
    const float *from = g->a + row * row_stride + first * k_stride;
    divided_left a = {
        .m = m, .k = k, .a11 = {from, g->a_stride}, .a12 = {from + k * k_stride, g->a_stride},
        .a21 = {from + m * row_stride, g->a_stride}, .a22 = {from + m * row_stride + k * k_stride, g->a_stride}};
    divided_left_sums(&a, transposed ? k : m, transposed ? m : k, memory->left_sums, m * k);
    for (size_t column = 0; column < g->n / 2; column += DIVIDED_COLUMNS) {
        const float *top = g->b + first * g->b_stride + column, *bottom = top + k * g->b_stride;
        divided_right b = {
            .b11 = {top, g->b_stride}, .b12 = {top + g->n / 2, g->b_stride}, .b21 = {bottom, g->b_stride},
            .b22 = {bottom + g->n / 2, g->b_stride}};
        divided_right_sums(&b, k, memory->right_sums, k * DIVIDED_COLUMNS);
        float *c = g->c + row * g->c_stride + column;
        const int continued = g->accumulate || first > 0;
        if (continued || g->bias) {
            const quarter start = continued ? (quarter){c, g->c_stride} : (quarter){g->bias + column, 0};
            divided_panel(transposed, 1, g, start, &a, &b, c, memory->u);
        } else {
            divided_panel(transposed, 0, g, (quarter){NULL, 0}, &a, &b, c, memory->u);
        }
    }
}

static void divided_block(const ck_product *g, size_t row, size_t rows, size_t first, size_t depth) {
    divided_memory memory;
    if (g->a_transposed) {
        divide(1, g, row, rows, first, depth, &memory);
    } else {
        divide(0, g, row, rows, first, depth, &memory);
    }
}

static void divided_product(const ck_product *g) {
    if (is_divided(g)) {
        for_each_divided_block(g, divided_block);
    } else {
        product(g);
    }
}
