// Dropout decisions from Philox 4x32-10 (Salmon, Moraes, Dror, Shaw, SC 2011), sixteen blocks at a time.

// The 64-bit products of 32-bit words, as high and low words: even and odd lanes apart, as the processor multiplies.
INLINE void multiply_wide(words x, uint64_t factor, words *high, words *low) {
    const uint64_t low_half = 0xFFFFFFFFu;
    const wide_words even = ((wide_words)x & low_half) * factor, odd = ((wide_words)x >> 32) * factor;
    *high = (words)((even >> 32) | (odd & ~low_half));
    *low = (words)((even & low_half) | (odd << 32));
}

// Words 0 … 3 of the blocks first, first + 1, … first + 15.
INLINE void philox_blocks(const ck_dropout *d, uint32_t first, words out[4]) {
    words c0 = (words){0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15} + first;
    words c1 = (words){0} + d->part, c2 = (words){0} + d->step, c3 = {0};
    uint32_t k0 = (uint32_t)d->key, k1 = (uint32_t)(d->key >> 32);
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

static void dropout_scales(const ck_dropout *d, size_t count, float *scales) {
    const words threshold = (words){0} + d->threshold;
    for (size_t run = 0; run < count; run += 4 * LANES) {
        words blocks[4];
        philox_blocks(d, (uint32_t)(run / 4), blocks);
        for (size_t i = run; i < count && i < run + 4 * LANES; i += LANES) {
            const floats scale = choose((ints)(blocks[(i - run) / LANES] < threshold), broadcast(0), broadcast(d->scale));
            store_some(scales + i, scale, lanes_of(count - i));
        }
    }
}
