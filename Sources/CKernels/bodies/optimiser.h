// Optimiser steps, elementwise over all parameters.

INLINE floats square_root(floats x) { return __builtin_elementwise_sqrt(x); }

static void adam(const ck_adam *a, size_t count, const float *gradient, float *m, float *v, float *weights) {
    const floats rest1 = broadcast(a->rest1), rest2 = broadcast(a->rest2);
    for (size_t i = 0; i < count; i += LANES) {
        const size_t n = lanes_of(count - i);
        const floats g = load_some(gradient + i, n) * broadcast(a->gradient_scale);
        const floats before1 = load_some(m + i, n), before2 = load_some(v + i, n);
        const floats moment1 = FMA(g - before1, rest1, before1);
        const floats moment2 = FMA(FMA(g, g, -before2), rest2, before2);
        store_some(m + i, moment1, n);
        store_some(v + i, moment2, n);
        const floats step = (broadcast(a->step_size) * moment1) / (square_root(moment2) + broadcast(a->epsilon));
        store_some(weights + i, load_some(weights + i, n) - step, n);
    }
}

static void momentum(
    float rate, float momentum, float gradient_scale, size_t count, const float *gradient, float *velocity, float *weights
) {
    for (size_t i = 0; i < count; i += LANES) {
        const size_t n = lanes_of(count - i);
        const floats g = load_some(gradient + i, n) * broadcast(gradient_scale);
        const floats speed = FMA(load_some(velocity + i, n), broadcast(momentum), -(g * broadcast(rate)));
        store_some(velocity + i, speed, n);
        store_some(weights + i, load_some(weights + i, n) + speed, n);
    }
}
