// Optimiser steps, elementwise over some of the parameters.

#include "../flushing.h"

INLINE floats square_root(floats x) { return __builtin_elementwise_sqrt(x); }

// Summed in registers: writing the sum would take lines of it from the core that wrote the parts, and give them back.
INLINE floats gradient_at(const ck_gradient *gradient, size_t i, size_t n) {
    floats sum = load_some(gradient->parts[0] + i, n);
    for (size_t part = 1; part < gradient->count; part++) { sum += load_some(gradient->parts[part] + i, n); }
    return sum * broadcast(gradient->scale);
}

static void adam_step(
    const ck_adam *a, const ck_gradient *gradient, size_t first, size_t end, float *m, float *v, float *weights
) {
    const floats rest1 = broadcast(a->rest1), rest2 = broadcast(a->rest2);
    for (size_t i = first; i < end; i += LANES) {
        const size_t n = lanes_of(end - i);
        const floats g = gradient_at(gradient, i, n);
        const floats before1 = load_some(m + i, n), before2 = load_some(v + i, n);
        const floats moment1 = FMA(g - before1, rest1, before1);
        const floats moment2 = FMA(FMA(g, g, -before2), rest2, before2);
        store_some(m + i, moment1, n);
        store_some(v + i, moment2, n);
        const floats step = (broadcast(a->step_size) * moment1) / (square_root(moment2) + broadcast(a->epsilon));
        store_some(weights + i, load_some(weights + i, n) - step, n);
    }
}

static void momentum_step(
    float rate, float momentum, const ck_gradient *gradient, size_t first, size_t end, float *velocity, float *weights
) {
    for (size_t i = first; i < end; i += LANES) {
        const size_t n = lanes_of(end - i);
        const floats g = gradient_at(gradient, i, n);
        const floats speed = FMA(load_some(velocity + i, n), broadcast(momentum), -(g * broadcast(rate)));
        store_some(velocity + i, speed, n);
        store_some(weights + i, load_some(weights + i, n) + speed, n);
    }
}
