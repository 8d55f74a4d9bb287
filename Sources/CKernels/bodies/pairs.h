// Pairs of bfloat16 numbers, rounded by AVX-512 BF16. A pair fills the 32 bits of a float.

typedef uint16_t halves __attribute__((vector_size(64)));

// The sixteen `low` in the lower half of the result, the sixteen `high` in the upper, each rounded to nearest even.
INLINE halves rounded(floats low, floats high) { return (halves)_mm512_cvtne2ps_pbh((__m512)high, (__m512)low); }

static void pair_columns(size_t rows, size_t columns, const float *a, size_t a_stride, float *out, size_t out_stride) {
    for (size_t row = 0; row < rows; row++) {
        for (size_t column = 0; column < columns; column += 2 * LANES) {
            const float *from = a + row * a_stride + column;
            const size_t rest = columns - column, width = rest < 2 * LANES ? (rest + 1) / 2 : LANES;
            const floats low = load_some(from, lanes_of(rest));
            const floats high = rest > LANES ? load_some(from + LANES, lanes_of(rest - LANES)) : broadcast(0);
            store_some(out + row * out_stride + column / 2, (floats)rounded(low, high), width);
        }
    }
}

// Pairs of the halves `i` and `i + distance` of two vectors, counted through both, and of the fifteen behind each.
#define PAIRS(first, second, i, distance)                                                                            \
    (floats)__builtin_shufflevector(                                                                                 \
        first, second, FOUR_PAIRS(i, distance), FOUR_PAIRS(i + 4, distance), FOUR_PAIRS(i + 8, distance),            \
        FOUR_PAIRS(i + 12, distance))

static void pair_rows(size_t rows, size_t columns, const float *a, size_t a_stride, float *out, size_t out_stride) {
    for (size_t row = 0; row < rows; row += 2, out += out_stride) {
        for (size_t column = 0; column < columns; column += LANES) {
            const size_t width = lanes_of(columns - column);
            const float *from = a + row * a_stride + column;
            const floats low = load_some(from, width);
            const floats high = row + 1 < rows ? load_some(from + a_stride, width) : broadcast(0);
            const halves both = rounded(low, high);
            store_some(out + column, PAIRS(both, both, 0, 16), width);
        }
    }
}

// For `width` columns, 32 at most; adds their sums.
INLINE void pair_both_of(const ck_pairing p, const size_t column, const size_t width, floats sums[2]) {
    const size_t left = lanes_of(width), right = width - left, across_width = (width + 1) / 2;
    // The last rows first, for pairs of rows may be written over rows that were read.
    for (size_t row = (p.rows + 1) / 2 * 2; row > 0;) {
        row -= 2;
        const int has_second = row + 1 < p.rows;
        const float *first = p.a + row * p.a_stride + column, *second = first + p.a_stride;
        const floats first_left = load_some(first, left), first_right = load_some(first + LANES, right);
        const floats second_left = has_second ? load_some(second, left) : broadcast(0);
        const floats second_right = has_second ? load_some(second + LANES, right) : broadcast(0);
        sums[0] += first_left + second_left;
        sums[1] += first_right + second_right;
        const halves firsts = rounded(first_left, first_right), seconds = rounded(second_left, second_right);
        float *across = p.column_pairs + row * p.column_pairs_stride + column / 2;
        store_some(across, (floats)firsts, across_width);
        if (has_second) { store_some(across + p.column_pairs_stride, (floats)seconds, across_width); }
        float *down = p.row_pairs + row / 2 * p.row_pairs_stride + column;
        store_some(down, PAIRS(firsts, seconds, 0, 32), left);
        store_some(down + LANES, PAIRS(firsts, seconds, 16, 32), right);
    }
}

static void pair_both(const ck_pairing *p) {
    for (size_t column = 0; column < p->columns; column += 2 * LANES) {
        const size_t rest = p->columns - column, width = rest < 2 * LANES ? rest : 2 * LANES, left = lanes_of(width);
        floats sums[2] = {broadcast(0), broadcast(0)};
        if (width == 2 * LANES) {
            pair_both_of(*p, column, 2 * LANES, sums);
        } else {
            pair_both_of(*p, column, width, sums);
        }
        if (!p->sums) { continue; }
        float *to = p->sums + column;
        store_some(to, load_some(to, left) + sums[0], left);
        store_some(to + LANES, load_some(to + LANES, width - left) + sums[1], width - left);
    }
}
