// What training needs of matrices besides products: transposes, sums, elementwise sums and products.

// Sixteen by sixteen in registers, the edges one by one.
static void transpose(size_t rows, size_t columns, const float *a, size_t a_stride, float *out, size_t out_stride) {
    const size_t whole_rows = rows - rows % LANES, whole_columns = columns - columns % LANES;
    for (size_t row = 0; row < whole_rows; row += LANES) {
        for (size_t column = 0; column < whole_columns; column += LANES) {
            floats lines[LANES];
            load_columns(lines, a + row * a_stride + column, a_stride, LANES, LANES);
            UNROLL for (int i = 0; i < LANES; i++) { store(out + (column + i) * out_stride + row, lines[i]); }
        }
    }
    for (size_t row = 0; row < rows; row++) {
        for (size_t column = row < whole_rows ? whole_columns : 0; column < columns; column++) {
            out[column * out_stride + row] = a[row * a_stride + column];
        }
    }
}

// Sums of V vectors of columns, the last of which has `part` (16 when whole).
INLINE void sum_columns(const int V, size_t rows, const float *a, size_t stride, float *sums, size_t part) {
    floats totals[8];
    UNROLL for (int j = 0; j < V; j++) { totals[j] = broadcast(0); }
    for (size_t row = 0; row < rows; row++) {
        UNROLL for (int j = 0; j < V; j++) {
            totals[j] += load_some(a + row * stride + LANES * j, j == V - 1 ? part : LANES);
        }
    }
    UNROLL for (int j = 0; j < V; j++) { store_some(sums + LANES * j, totals[j], j == V - 1 ? part : LANES); }
}

// Eight vectors of each row at a time, so that memory is read in long stretches.
static void column_sums(size_t rows, size_t columns, const float *a, size_t stride, float *sums) {
    size_t column = 0;
    for (; column + 8 * LANES <= columns; column += 8 * LANES) {
        sum_columns(8, rows, a + column, stride, sums + column, LANES);
    }
    for (; column < columns; column += LANES) {
        sum_columns(1, rows, a + column, stride, sums + column, lanes_of(columns - column));
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

// `move` numbers at a time; the last move of a row overlaps the one before, which is cheaper than a partial one.
INLINE void copy_windows(const ck_windows w, const size_t move, float *out) {
    for (size_t i = 0; i < w.count; i++) {
        const size_t sample = (size_t)w.samples[i];
        const size_t first = w.ends ? (size_t)w.ends[sample] + 1 - w.steps : sample * w.steps;
        for (size_t time = 0; time < w.steps; time++) {
            const float *from = w.rows + (first + time) * w.width;
            float *to = out + (time * w.count + i) * w.width;
            for (size_t at = 0; at + move <= w.width; at += move) { memcpy(to + at, from + at, move * sizeof *to); }
            if (w.width % move != 0) { memcpy(to + w.width - move, from + w.width - move, move * sizeof *to); }
        }
    }
}

static void gather(const ck_windows *w, float *out) {
    if (w->width >= LANES) {
        copy_windows(*w, LANES, out);
    } else if (w->width >= LANES / 2) {
        copy_windows(*w, LANES / 2, out);
    } else if (w->width == 1 && w->steps == 1) {
        // The usual targets.
        for (size_t i = 0; i < w->count; i++) { out[i] = w->rows[w->ends ? w->ends[w->samples[i]] : w->samples[i]]; }
    } else {
        copy_windows(*w, 1, out);
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
