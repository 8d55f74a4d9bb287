// Activations and their derivatives, softmax.

#define SELU_SCALE 1.05070098735548049342f
#define SELU_ALPHA 1.67326324235437728481f
#define LEAKY_SLOPE 0.2f

// log(1 + e^x), one element at a time: rare, and libm has the accuracy.
INLINE floats softplus(floats x) {
    floats y;
    for (int lane = 0; lane < LANES; lane++) { y[lane] = fmaxf(x[lane], 0) + log1pf(expf(-fabsf(x[lane]))); }
    return y;
}

// The standard normal distribution function.
INLINE floats normal_distribution(floats x) {
    floats y;
    for (int lane = 0; lane < LANES; lane++) { y[lane] = 0.5f * (1 + erff(x[lane] * 0.70710678118654752440f)); }
    return y;
}

INLINE floats activated(const ck_activation kind, floats z) {
    const ints positive = z > broadcast(0);
    switch (kind) {
        case CK_LINEAR: return z;
        case CK_RELU: return choose(z < broadcast(0), broadcast(0), z);  // keeps NaN
        case CK_SIGMOID: return sigmoid(z);
        case CK_TANH: return hyperbolic_tangent(z);
        case CK_EXPONENTIAL: return exponential(z);
        case CK_SOFTPLUS: return softplus(z);
        case CK_ELU: return choose(positive, z, exponential(z) - broadcast(1));
        case CK_SELU:
            return broadcast(SELU_SCALE) * choose(positive, z, broadcast(SELU_ALPHA) * (exponential(z) - broadcast(1)));
        case CK_GELU: return z * normal_distribution(z);
        case CK_LEAKY_RELU: return choose(positive, z, broadcast(LEAKY_SLOPE) * z);
    }
}

INLINE floats derivative(const ck_activation kind, floats z, floats y) {
    const ints positive = y > broadcast(0);
    const floats one = broadcast(1);
    switch (kind) {
        case CK_LINEAR: return one;
        case CK_RELU: return choose(positive, one, broadcast(0));
        case CK_SIGMOID: return y * (one - y);
        case CK_TANH: return FMA(-y, y, one);
        case CK_EXPONENTIAL: return y;
        case CK_SOFTPLUS: return one - exponential(-y);
        case CK_ELU: return choose(positive, one, y + one);
        case CK_SELU: return choose(positive, broadcast(SELU_SCALE), y + broadcast(SELU_SCALE * SELU_ALPHA));
        case CK_GELU: {
            const floats density = broadcast(0.39894228040143267794f) * exponential(broadcast(-0.5f) * z * z);
            return FMA(z, density, normal_distribution(z));
        }
        case CK_LEAKY_RELU: return choose(y < broadcast(0), broadcast(LEAKY_SLOPE), one);
    }
}

INLINE void activate_as(const ck_activation kind, size_t count, const float *z, float *y) {
    for (size_t i = 0; i < count; i += LANES) {
        const size_t n = lanes_of(count - i);
        store_some(y + i, activated(kind, load_some(z + i, n)), n);
    }
}

INLINE void activate_backward_as(
    const ck_activation kind, size_t count, const float *z, const float *y, const float *dy, float *dz
) {
    for (size_t i = 0; i < count; i += LANES) {
        const size_t n = lanes_of(count - i);
        const floats before = kind == CK_GELU ? load_some(z + i, n) : broadcast(0);
        store_some(dz + i, load_some(dy + i, n) * derivative(kind, before, load_some(y + i, n)), n);
    }
}

// `kind` is a constant in each branch, so that each loop holds one function.
#define EACH_ACTIVATION(run)                                                                                        \
    switch (kind) {                                                                                                  \
        case CK_LINEAR: run(CK_LINEAR); break;                                                                       \
        case CK_RELU: run(CK_RELU); break;                                                                           \
        case CK_SIGMOID: run(CK_SIGMOID); break;                                                                     \
        case CK_TANH: run(CK_TANH); break;                                                                           \
        case CK_EXPONENTIAL: run(CK_EXPONENTIAL); break;                                                             \
        case CK_SOFTPLUS: run(CK_SOFTPLUS); break;                                                                   \
        case CK_ELU: run(CK_ELU); break;                                                                             \
        case CK_SELU: run(CK_SELU); break;                                                                           \
        case CK_GELU: run(CK_GELU); break;                                                                           \
        case CK_LEAKY_RELU: run(CK_LEAKY_RELU); break;                                                               \
    }

static void activate(ck_activation kind, size_t count, const float *z, float *y) {
#define RUN(constant) activate_as(constant, count, z, y)
    EACH_ACTIVATION(RUN)
#undef RUN
}

static void activate_backward(
    ck_activation kind, size_t count, const float *z, const float *y, const float *dy, float *dz
) {
#define RUN(constant) activate_backward_as(constant, count, z, y, dy, dz)
    EACH_ACTIVATION(RUN)
#undef RUN
}

// Maximum and sum run over 16 lanes (lane = column mod 16), the lanes then in order.
static void softmax(size_t rows, size_t columns, const float *z, float *y) {
    for (size_t row = 0; row < rows; row++, z += columns, y += columns) {
        float largest = z[0];
        for (size_t i = 1; i < columns; i++) { largest = z[i] > largest ? z[i] : largest; }
        floats lanes = broadcast(0);
        for (size_t i = 0; i < columns; i += LANES) {
            const size_t n = lanes_of(columns - i);
            store_some(y + i, exponential(load_some(z + i, n) - broadcast(largest)), n);
            lanes += load_some(y + i, n);
        }
        float total = 0;
        for (int lane = 0; lane < LANES; lane++) { total += lanes[lane]; }
        for (size_t i = 0; i < columns; i += LANES) {
            const size_t n = lanes_of(columns - i);
            store_some(y + i, load_some(y + i, n) / broadcast(total), n);
        }
    }
}
