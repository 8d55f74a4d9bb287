// The plain twins: each kernel as the shortest loop that is evidently right, for tests to compare with. Where the vector
// kernels promise an order of operations the twin follows it; elementary functions come from libm.

#include "divided.h"
#include "preamble.h"

static void product(const ck_product *g) {
    for (size_t i = 0; i < g->m; i++) {
        for (size_t j = 0; j < g->n; j++) {
            float sum = g->accumulate ? g->c[i * g->c_stride + j] : g->bias ? g->bias[j] : 0;
            for (size_t p = 0; p < g->k; p++) {
                const float a = g->a_transposed ? g->a[p * g->a_stride + i] : g->a[i * g->a_stride + p];
                sum = fmaf(a, g->b[p * g->b_stride + j], sum);
            }
            g->c[i * g->c_stride + j] = sum;
        }
    }
}

static void product_by_transpose(const ck_product *g) {
    for (size_t i = 0; i < g->m; i++) {
        for (size_t j = 0; j < g->n; j++) {
            float sum = 0;
            for (size_t p = 0; p < g->k; p++) { sum = fmaf(g->a[i * g->a_stride + p], g->b[j * g->b_stride + p], sum); }
            g->c[i * g->c_stride + j] = sum;
        }
    }
}

// Terms of quarters, named as in bodies/strassen.h.
#define A11 a[p * a_step]
#define A12 a[(k + p) * a_step]
#define A21 a[a_below + p * a_step]
#define A22 a[a_below + (k + p) * a_step]
#define B11 b[p * g->b_stride]
#define B12 b[p * g->b_stride + n]
#define B21 b[(k + p) * g->b_stride]
#define B22 b[(k + p) * g->b_stride + n]
#define ADD_TERMS(sum, left, right) \
    for (size_t p = 0; p < k; p++) { sum = fmaf(left, right, sum); }

// The four elements of C that lie in the same place of its quarters, 0 and n to the right, 0 and `below` down.
static void divided_elements(
    const ck_product *g, const float *a, size_t a_below, size_t a_step, const float *b, size_t k, const float *start,
    float *c, size_t below
) {
    const size_t n = g->n / 2;
    float u = 0, v = 0;
    ADD_TERMS(u, A11, B11)
    float c11 = u + start[0];
    ADD_TERMS(c11, A12, B21)
    ADD_TERMS(u, A21 + A22 - A11, B22 - (B12 - B11))
    ADD_TERMS(v, A21 + A22, B12 - B11)
    float c12 = v + u + start[1];
    ADD_TERMS(c12, A12 - (A21 + A22 - A11), B22)
    ADD_TERMS(u, A11 - A21, B22 - B12)
    float c21 = u + start[2];
    ADD_TERMS(c21, A22, B21 - (B22 - (B12 - B11)))
    c[0] = c11;
    c[n] = c12;
    c[below] = c21;
    c[below + n] = u + start[3] + v;
}

static void divided_block(const ck_product *g, size_t row, size_t rows, size_t first, size_t depth) {
    const size_t n = g->n / 2, row_stride = g->a_transposed ? 1 : g->a_stride, below = rows / 2 * g->c_stride;
    for (size_t i = row; i < row + rows / 2; i++) {
        for (size_t j = 0; j < n; j++) {
            const size_t step = g->a_transposed ? g->a_stride : 1;
            float *c = g->c + i * g->c_stride + j, start[4] = {0};
            for (int quarter = 0; quarter < 4; quarter++) {
                const size_t right = quarter % 2 * n;
                if (g->accumulate || first > 0) {
                    start[quarter] = c[right + quarter / 2 * below];
                } else if (g->bias) {
                    start[quarter] = g->bias[j + right];
                }
            }
            divided_elements(
                g, g->a + i * row_stride + first * step, rows / 2 * row_stride, step, g->b + first * g->b_stride + j,
                depth / 2, start, c, below);
        }
    }
}

static void divided_product(const ck_product *g) {
    if (is_divided(g)) {
        for_each_divided_block(g, divided_block);
    } else {
        product(g);
    }
}

static void transpose(size_t rows, size_t columns, const float *a, size_t a_stride, float *out, size_t out_stride) {
    for (size_t i = 0; i < rows; i++) {
        for (size_t j = 0; j < columns; j++) { out[j * out_stride + i] = a[i * a_stride + j]; }
    }
}

static void column_sums(size_t rows, size_t columns, const float *a, size_t stride, float *sums) {
    for (size_t j = 0; j < columns; j++) {
        float sum = 0;
        for (size_t i = 0; i < rows; i++) { sum += a[i * stride + j]; }
        sums[j] = sum;
    }
}

static void add(size_t count, const float *x, float *y) {
    for (size_t i = 0; i < count; i++) { y[i] += x[i]; }
}

static void multiply(size_t count, const float *x, const float *scales, float *y) {
    for (size_t i = 0; i < count; i++) { y[i] = x[i] * scales[i]; }
}

static void gather(const ck_windows *w, float *out) {
    for (size_t time = 0; time < w->steps; time++) {
        for (size_t i = 0; i < w->count; i++) {
            const int32_t sample = w->samples[i];
            const size_t row = (w->ends ? w->ends[sample] + 1 - w->steps : sample * w->steps) + time;
            for (size_t j = 0; j < w->width; j++) { *out++ = w->rows[row * w->width + j]; }
        }
    }
}

static double sum_of_squares(size_t count, const float *x) {
    double lanes[16] = {0}, total = 0;
    for (size_t i = 0; i < count; i++) { lanes[i % 16] += (double)x[i] * (double)x[i]; }
    for (int lane = 0; lane < 16; lane++) { total += lanes[lane]; }
    return total;
}

static float sigmoid(float x) { return (float)(1 / (1 + exp(-(double)x))); }

static void lstm_forward(const ck_lstm_step *s) {
    const size_t units = s->units;
    for (size_t row = 0; row < s->rows; row++) {
        float *gates = s->gates + row * 4 * units;
        for (size_t u = 0; u < units; u++) {
            const float input = gates[u] = sigmoid(gates[u]);
            const float forget = gates[units + u] = sigmoid(gates[units + u]);
            const float candidate = gates[2 * units + u] = tanhf(gates[2 * units + u]);
            const float output = gates[3 * units + u] = sigmoid(gates[3 * units + u]);
            const size_t at = row * units + u;
            const float before = s->previous_cell ? s->previous_cell[at] : 0;
            const float cell = fmaf(forget, before, input * candidate);
            s->cell[at] = cell;
            s->cell_tanh[at] = tanhf(cell);
            s->hidden[at] = output * tanhf(cell);
        }
    }
}

static void lstm_backward(const ck_lstm_step *s) {
    const size_t units = s->units;
    for (size_t row = 0; row < s->rows; row++) {
        float *gates = s->gates + row * 4 * units;
        for (size_t u = 0; u < units; u++) {
            const size_t at = row * units + u;
            const float input = gates[u], forget = gates[units + u];
            const float candidate = gates[2 * units + u], output = gates[3 * units + u];
            const float before = s->previous_cell ? s->previous_cell[at] : 0, cell_tanh = s->cell_tanh[at];
            const float above = s->output_gradient ? s->output_gradient[at] : 0;
            const float hidden = s->next_hidden_gradient ? above + s->next_hidden_gradient[at] : above;
            const float cell = fmaf(hidden * output, fmaf(-cell_tanh, cell_tanh, 1), s->cell_gradient[at]);
            gates[u] = cell * candidate * (input * (1 - input));
            gates[units + u] = cell * before * (forget * (1 - forget));
            gates[2 * units + u] = cell * input * fmaf(-candidate, candidate, 1);
            gates[3 * units + u] = hidden * cell_tanh * (output * (1 - output));
            s->cell_gradient[at] = cell * forget;
        }
    }
}

static const double selu_scale = 1.05070098735548049342, selu_alpha = 1.67326324235437728481;

static double activated(ck_activation kind, double z) {
    switch (kind) {
        case CK_LINEAR: return z;
        case CK_RELU: return z < 0 ? 0 : z;
        case CK_SIGMOID: return 1 / (1 + exp(-z));
        case CK_TANH: return tanh(z);
        case CK_EXPONENTIAL: return exp(z);
        case CK_SOFTPLUS: return fmax(z, 0) + log1p(exp(-fabs(z)));
        case CK_ELU: return z > 0 ? z : expm1(z);
        case CK_SELU: return selu_scale * (z > 0 ? z : selu_alpha * expm1(z));
        case CK_GELU: return z * 0.5 * (1 + erf(z * sqrt(0.5)));
        case CK_LEAKY_RELU: return z > 0 ? z : 0.2 * z;
    }
    return NAN;
}

static double derivative(ck_activation kind, double z, double y) {
    switch (kind) {
        case CK_LINEAR: return 1;
        case CK_RELU: return y > 0;
        case CK_SIGMOID: return y * (1 - y);
        case CK_TANH: return 1 - y * y;
        case CK_EXPONENTIAL: return y;
        case CK_SOFTPLUS: return 1 - exp(-y);
        case CK_ELU: return y > 0 ? 1 : y + 1;
        case CK_SELU: return y > 0 ? selu_scale : y + selu_scale * selu_alpha;
        case CK_GELU: return 0.5 * (1 + erf(z * sqrt(0.5))) + z * exp(-0.5 * z * z) / sqrt(2 * 3.14159265358979323846);
        case CK_LEAKY_RELU: return y < 0 ? 0.2 : 1;
    }
    return NAN;
}

static void activate(ck_activation kind, size_t count, const float *z, float *y) {
    for (size_t i = 0; i < count; i++) { y[i] = (float)activated(kind, z[i]); }
}

static void activate_backward(
    ck_activation kind, size_t count, const float *z, const float *y, const float *dy, float *dz
) {
    for (size_t i = 0; i < count; i++) { dz[i] = (float)(dy[i] * derivative(kind, z ? z[i] : 0, y[i])); }
}

static void softmax(size_t rows, size_t columns, const float *z, float *y) {
    for (size_t row = 0; row < rows; row++, z += columns, y += columns) {
        float largest = z[0];
        double total = 0;
        for (size_t i = 0; i < columns; i++) { largest = fmaxf(largest, z[i]); }
        for (size_t i = 0; i < columns; i++) { total += exp((double)z[i] - largest); }
        for (size_t i = 0; i < columns; i++) { y[i] = (float)(exp((double)z[i] - largest) / total); }
    }
}

static double logistic_loss(size_t count, const float *z, const float *t, float scale, float *gradient) {
    double total = 0;
    for (size_t i = 0; i < count; i++) {
        total += fmax(z[i], 0) - (double)z[i] * t[i] + log1p(exp(-fabs(z[i])));
        gradient[i] = (float)(scale * (1 / (1 + exp(-(double)z[i])) - t[i]));
    }
    return total;
}

static void philox(uint64_t key, uint32_t block, uint32_t part, uint32_t step, uint32_t out[4]) {
    uint32_t c[4] = {block, part, step, 0}, k0 = (uint32_t)key, k1 = (uint32_t)(key >> 32);
    for (int round = 0; round < 10; round++, k0 += 0x9E3779B9u, k1 += 0xBB67AE85u) {
        const uint64_t a = (uint64_t)c[0] * 0xD2511F53u, b = (uint64_t)c[2] * 0xCD9E8D57u;
        const uint32_t next[4] = {
            (uint32_t)(b >> 32) ^ c[1] ^ k0, (uint32_t)b, (uint32_t)(a >> 32) ^ c[3] ^ k1, (uint32_t)a};
        memcpy(c, next, sizeof c);
    }
    memcpy(out, c, sizeof c);
}

static void random_words(uint64_t key, uint32_t first, size_t count, uint64_t *out) {
    for (size_t i = 0; i < count; i++) {
        uint32_t block[4];
        philox(key, first + (uint32_t)i, 0, 0, block);
        out[2 * i] = block[0] | (uint64_t)block[1] << 32;
        out[2 * i + 1] = block[2] | (uint64_t)block[3] << 32;
    }
}

static void dropout_scales(const ck_dropout *d, size_t count, float *scales) {
    for (size_t i = 0; i < count; i++) {
        uint32_t block[4];
        philox(d->key, (uint32_t)(i / 64 * 16 + i % 16), d->part, d->step, block);
        scales[i] = block[i % 64 / 16] < d->threshold ? 0 : d->scale;
    }
}

#include "flushing.h"

static float gradient_at(const ck_gradient *gradient, size_t i) {
    float sum = gradient->parts[0][i];
    for (size_t part = 1; part < gradient->count; part++) { sum += gradient->parts[part][i]; }
    return sum * gradient->scale;
}

static void adam_step(
    const ck_adam *a, const ck_gradient *gradient, size_t first, size_t end, float *m, float *v, float *weights
) {
    for (size_t i = first; i < end; i++) {
        const float g = gradient_at(gradient, i);
        m[i] = fmaf(g - m[i], a->rest1, m[i]);
        v[i] = fmaf(fmaf(g, g, -v[i]), a->rest2, v[i]);
        weights[i] -= a->step_size * m[i] / (sqrtf(v[i]) + a->epsilon);
    }
}

static void momentum_step(
    float rate, float momentum, const ck_gradient *gradient, size_t first, size_t end, float *velocity, float *weights
) {
    for (size_t i = first; i < end; i++) {
        velocity[i] = fmaf(velocity[i], momentum, -(gradient_at(gradient, i) * rate));
        weights[i] += velocity[i];
    }
}

const ck_kernels ck_plain_kernels = {
    .name = "plain",
    .product = product,
    .product_by_transpose = product_by_transpose,
    .divided_product = divided_product,
    .transpose = transpose,
    .column_sums = column_sums,
    .add = add,
    .multiply = multiply,
    .gather = gather,
    .sum_of_squares = sum_of_squares,
    .lstm_forward = lstm_forward,
    .lstm_backward = lstm_backward,
    .activate = activate,
    .activate_backward = activate_backward,
    .softmax = softmax,
    .logistic_loss = logistic_loss,
    .random_words = random_words,
    .dropout_scales = dropout_scales,
    .adam = adam,
    .momentum = momentum,
};
