// Random words and dropout decisions from Philox 4x32-10 (Salmon, Moraes, Dror, Shaw, SC 2011), sixteen blocks at a time.

// The 64-bit products of 32-bit words, as high and low words: even and odd lanes apart, as the processor multiplies.
INLINE void multiply_wide(words x, uint64_t factor, words *high, words *low) {
    const uint64_t low_half = 0xFFFFFFFFu;
    const wide_words even = ((wide_words)x & low_half) * factor, odd = ((wide_words)x >> 32) * factor;
    *high = (words)((even >> 32) | (odd & ~low_half));
    *low = (words)((even & low_half) | (odd << 32));
}

// Words 0 … 3 of the blocks with the counters (first, part, step, 0), (first + 1, …), … (first + 15, …).
INLINE void philox_blocks(uint64_t key, uint32_t first, uint32_t part, uint32_t step, words out[4]) {
    words c0 = (words){0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15} + first;
    words c1 = (words){0} + part, c2 = (words){0} + step, c3 = {0};
    uint32_t k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
    for (int round = 0; round < 10; round++) {
        words high0, low0, high2, low2;
        multiply_wide(c0, 0xD2511F53u, &high0, &low0);
        multiply_wide(c2, 0xCD9E8D57u, &high2, &low2);
        c0 = high2 ^ c1 ^ k0;
        c1 = low2;
        c2 = high0 ^ c3 ^ k1;
        c3 = low0;
        k0 += 0x9E3779B9u;
        k1 += 0xBB67AE85u;
    }
    out[0] = c0, out[1] = c1, out[2] = c2, out[3] = c3;
}

// Eight numbers of two words each, the lanes `i` … `i + 7` of `low` and of `high`.
#define NUMBERS(low, high, i) (wide_words)__builtin_shufflevector(low, high, FOUR_PAIRS(i, 16), FOUR_PAIRS(i + 4, 16))

INLINE void store_alternating(uint64_t *out, wide_words first, wide_words second) {
    const wide_words lines[2] = {
        __builtin_shufflevector(first, second, FOUR_PAIRS(0, 8)), __builtin_shufflevector(first, second, FOUR_PAIRS(4, 8))};
    memcpy(out, lines, sizeof lines);
}

static void random_words(uint64_t key, uint32_t first, size_t count, uint64_t *out) {
    for (size_t block = 0; block < count; block += LANES, out += 2 * LANES) {
        words w[4];
        philox_blocks(key, first + (uint32_t)block, 0, 0, w);
        store_alternating(out, NUMBERS(w[0], w[1], 0), NUMBERS(w[2], w[3], 0));
        store_alternating(out + LANES, NUMBERS(w[0], w[1], 8), NUMBERS(w[2], w[3], 8));
    }
}

static void dropout_scales(const ck_dropout *d, size_t count, float *scales) {
    const words threshold = (words){0} + d->threshold;
    for (size_t run = 0; run < count; run += 4 * LANES) {
        words blocks[4];
        philox_blocks(d->key, (uint32_t)(run / 4), d->part, d->step, blocks);
        for (size_t i = run; i < count && i < run + 4 * LANES; i += LANES) {
            const floats scale = choose((ints)(blocks[(i - run) / LANES] < threshold), broadcast(0), broadcast(d->scale));
            store_some(scales + i, scale, lanes_of(count - i));
        }
    }
}
