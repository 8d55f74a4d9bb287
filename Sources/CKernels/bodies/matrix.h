// What training needs of matrices besides products: transposes, sums, elementwise sums and products.

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
