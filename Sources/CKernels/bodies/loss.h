// Losses whose functions are worth computing for sixteen numbers at once.

// log(1 + x) for x in [0, 1]: 2 artanh(s) with s = x / (2 + x) <= 1/3, as its series; the next term is below 2e-9 of it.
INLINE floats log_of_one_plus(floats x) {
    const floats s = x / (broadcast(2) + x), square = s * s;
    floats p = broadcast(1.0f / 15);
    p = FMA(p, square, broadcast(1.0f / 13));
    p = FMA(p, square, broadcast(1.0f / 11));
    p = FMA(p, square, broadcast(1.0f / 9));
    p = FMA(p, square, broadcast(1.0f / 7));
    p = FMA(p, square, broadcast(1.0f / 5));
    p = FMA(p, square, broadcast(1.0f / 3));
    return broadcast(2) * FMA(p * square, s, s);
}

static double logistic_loss(size_t count, const float *z, const float *t, float scale, float *gradient) {
    const floats zero = broadcast(0), one = broadcast(1);
    doubles lanes = {0};
    for (size_t i = 0; i < count; i += LANES) {
        const size_t n = lanes_of(count - i);
        const floats argument = load_some(z + i, n), truth = load_some(t + i, n);
        const ints negative = argument < zero;
        const floats decay = exponential(choose(negative, argument, -argument));
        // A lane beyond the last element holds log 2 and must not count.
        floats loss = FMA(-argument, truth, choose(negative, zero, argument)) + log_of_one_plus(decay);
        if (n < LANES) { loss = first_lanes(loss, n); }
        lanes += __builtin_convertvector(loss, doubles);
        const floats probability = choose(negative, decay, one) / (one + decay);
        store_some(gradient + i, broadcast(scale) * (probability - truth), n);
    }
    double total = 0;
    for (int lane = 0; lane < LANES; lane++) { total += lanes[lane]; }
    return total;
}
