//  CKernels owns the arithmetic that training spends its time in: small matrix products, LSTM gates, activations, dropout
//  and optimiser steps, in C with explicit vector types and run-time dispatch. It must never import or call anything but the
//  C library.
//
//  Every function exists once per instruction set and once more as a plain loop that tests hold the others against. All
//  sums run in an order that is written down here and does not depend on the vector width, and every set but `baseline`
//  fuses multiply and add: AVX2 and AVX-512 give the same bits. Arrays need no alignment and are float32, row-major; strides
//  count floats. No function allocates, and none is given overlapping arrays unless its comment allows it.

#ifndef CKERNELS_H
#define CKERNELS_H

#include <stddef.h>
#include <stdint.h>

/// Elementwise functions of a layer, as Keras defines them.
typedef enum {
    CK_LINEAR,
    CK_RELU,
    CK_SIGMOID,
    CK_TANH,
    CK_EXPONENTIAL,
    CK_SOFTPLUS,
    CK_ELU,
    CK_SELU,
    CK_GELU,
    CK_LEAKY_RELU,
} ck_activation;

/// C [m, n] = start + op(A) · B, where `start` is C itself (`accumulate`), else `bias` [n] in every row, else zero.
/// Each element is one chain of fused multiply-adds over k = 0, 1, …, so a row of C depends on its row of A alone.
typedef struct {
    size_t m, n, k;
    /// [m, k]; with `a_transposed` stored as [k, m].
    const float *a;
    size_t a_stride;
    int a_transposed;
    /// [k, n].
    const float *b;
    size_t b_stride;
    float *c;
    size_t c_stride;
    /// [n] or NULL.
    const float *bias;
    int accumulate;
} ck_product;

/// One time step of an LSTM for `rows` samples, after the matrix products; gates in Keras' order i, f, c, o.
typedef struct {
    size_t rows, units;
    /// [rows, 4 · units]: forward turns sums into activations, backward turns activations into gradients of the sums.
    float *gates;
    /// Cell state before the step, [rows, units]; NULL means zero.
    const float *previous_cell;
    /// Cell state after the step and its tanh, [rows, units]: written by forward, `cell_tanh` read by backward.
    float *cell;
    float *cell_tanh;
    /// [rows, units]: written by forward.
    float *hidden;
    /// Backward: gradients of the hidden state from above and from the next step, [rows, units] each; NULL means zero.
    const float *output_gradient;
    const float *next_hidden_gradient;
    /// Backward: gradient of the cell state, [rows, units], from the next step in, to the previous step out.
    float *cell_gradient;
} ck_lstm_step;

/// Windows of consecutive rows, one for each sample.
typedef struct {
    size_t count, steps, width;
    /// [row, width]
    const float *rows;
    /// [count]
    const int32_t *samples;
    /// The last row of every sample's window; NULL when sample s has rows s · steps … s · steps + steps − 1.
    const int32_t *ends;
} ck_windows;

/// An Adam step (Kingma, Ba 2015) as Keras 3 takes it: ε is added to √v, both bias corrections are inside `step_size`.
typedef struct {
    /// 1 − beta1 and 1 − beta2: rounded once, as Keras rounds them, they keep their relative accuracy.
    float rest1, rest2;
    float epsilon;
    /// learning rate · √(1 − beta2^t) / (1 − beta1^t).
    float step_size;
} ck_adam;

/// The gradient of an optimiser's step: the sum of `count` ≥ 1 parts, first to last, times `scale` (clipping).
typedef struct {
    const float *const *parts;
    size_t count;
    float scale;
} ck_gradient;

/// Where a block of dropout decisions lies in the stream of its layer: Philox 4x32-10 under `key`, counter
/// (block, part, step, 0). In each run of 64 elements, element 16 j + l is word j of the run's block l.
typedef struct {
    uint64_t key;
    uint32_t part, step;
    /// An element is dropped when its word is below this.
    uint32_t threshold;
    /// What a kept element is multiplied by, 1 / (1 − rate).
    float scale;
} ck_dropout;

/// The kernels of one instruction set.
typedef struct {
    const char *name;

    void (*product)(const ck_product *product);
    /// C [m, n] = A · B^T for B stored as [n, k], with the same chains; `a_transposed`, `bias` and `accumulate` must be zero.
    void (*product_by_transpose)(const ck_product *product);
    /// As `product` where it is large enough by Strassen's division (CKernels/divided.h): an eighth less multiplications, but
    /// rounding errors relative to the largest numbers of A and B, and rows of C that depend on other rows of A.
    void (*divided_product)(const ck_product *product);
    /// out [columns, rows] = A^T for A [rows, columns].
    void (*transpose)(size_t rows, size_t columns, const float *a, size_t a_stride, float *out, size_t out_stride);
    /// sums [columns] = Σ over rows of A [rows, columns], from the first row to the last.
    void (*column_sums)(size_t rows, size_t columns, const float *a, size_t stride, float *sums);
    /// y += x.
    void (*add)(size_t count, const float *x, float *y);
    /// y = x · scales; y may be x.
    void (*multiply)(size_t count, const float *x, const float *scales, float *y);
    /// out [steps, count, width] = the windows' rows.
    void (*gather)(const ck_windows *windows, float *out);
    /// Σ x² in 16 lanes of float64 (lane = index mod 16), the lanes then added in order.
    double (*sum_of_squares)(size_t count, const float *x);

    void (*lstm_forward)(const ck_lstm_step *step);
    void (*lstm_backward)(const ck_lstm_step *step);

    /// y = f(z); y may be z. Largest errors against the exact value: exp and sigmoid 2 units in the last place (results
    /// below 1.2e-38 are flushed to about that), tanh 5.
    void (*activate)(ck_activation kind, size_t count, const float *z, float *y);
    /// dz = dy · f'(z). Uses y = f(z), and z only for CK_GELU (otherwise it may be NULL); dz may be dy or z.
    void (*activate_backward)(
        ck_activation kind, size_t count, const float *z, const float *y, const float *dy, float *dz);
    /// Each row of y = softmax of that row of z; y may be z.
    void (*softmax)(size_t rows, size_t columns, const float *z, float *y);

    /// Σ max(z, 0) − z·t + log(1 + e^−|z|), the negative log-likelihood of t under sigmoid(z), in 16 lanes of float64 (lane =
    /// index mod 16), the lanes then added in order; gradient = scale · (sigmoid(z) − t). Tests hold the sum
    /// to a relative error of 4e-7 and each gradient to 2.4e-7 · scale.
    double (*logistic_loss)(size_t count, const float *z, const float *t, float scale, float *gradient);

    /// out [2 · count] = the words of the Philox 4x32-10 blocks with the counters (first, 0, 0, 0), (first + 1, 0, 0, 0), …, two
    /// in each number, the first in its lower half; count is a multiple of 16.
    void (*random_words)(uint64_t key, uint32_t first, size_t count, uint64_t *out);
    /// scales[i] = 0 or `scale`, by the stream.
    void (*dropout_scales)(const ck_dropout *dropout, size_t count, float *scales);

    /// Optimisers change the elements `first` ..< `end` of arrays as long as the gradient. In them numbers below 1.2e-38 count as
    /// zero.
    void (*adam)(
        const ck_adam *adam, const ck_gradient *gradient, size_t first, size_t end, float *m, float *v, float *weights);
    /// velocity = momentum · velocity − rate · gradient; weights += velocity.
    void (*momentum)(
        float rate, float momentum, const ck_gradient *gradient, size_t first, size_t end, float *velocity,
        float *weights);
} ck_kernels;

/// In ascending order of ability.
typedef enum { CK_PLAIN, CK_BASELINE, CK_AVX2, CK_AVX512 } ck_instruction_set;

/// The kernels for an instruction set, or NULL when this processor lacks it. `CK_PLAIN` and `CK_BASELINE` always exist.
const ck_kernels *ck_kernels_for(ck_instruction_set set);

/// The best kernels of this processor. The environment variable DWCP_INSTRUCTION_SET (`plain`, `baseline`, `avx2`, `avx512`)
/// lowers the choice, for tests; an unknown name or one the processor lacks is ignored.
const ck_kernels *ck_kernels_best(void);

/// A [rows, columns] in both kinds of pairs. The last rows are read and written first, so the pairs of rows may lie in A, at the
/// same stride, if their last row is not above the rows of A that it is made of.
typedef struct {
    size_t rows, columns;
    const float *a;
    size_t a_stride;
    /// [rows, ⌈columns / 2⌉]
    float *column_pairs;
    size_t column_pairs_stride;
    /// [⌈rows / 2⌉, columns]
    float *row_pairs;
    size_t row_pairs_stride;
    /// [columns], or NULL: the columns' sums are added to it; the two rows of a pair are added first, then the pairs, from the
    /// last on.
    float *sums;
} ck_pairing;

/// Products of bfloat16 numbers (the upper half of a float32), summed in float32.
///
/// Factors travel as pairs: two neighbours in the direction that the product sums over, in the 32 bits of one float, the
/// first in the lower half; a missing second one is zero. Such a float is moved, never computed with. Numbers below 1.2e-38
/// count as zero, in factors as in sums.
typedef struct {
    const char *name;
    /// As the float32 product, with k pairs, but the order of additions is the processor's. AVX-512 BF16: for each pair in turn
    /// the second halves' product is added, rounded, then the first halves'. AMX: for each sixteen pairs in turn, those of the
    /// first halves are summed from zero on, those of the second halves likewise, and the sum of both is added.
    void (*product)(const ck_product *product);
    /// out [rows, ⌈columns / 2⌉] = neighbours of a row of A [rows, columns], rounded to nearest even.
    void (*pair_columns)(size_t rows, size_t columns, const float *a, size_t a_stride, float *out, size_t out_stride);
    /// out [⌈rows / 2⌉, columns] = neighbours of a column, likewise.
    void (*pair_rows)(size_t rows, size_t columns, const float *a, size_t a_stride, float *out, size_t out_stride);
    /// Both in one pass, and the columns' sums.
    void (*pair_both)(const ck_pairing *pairing);
} ck_pair_kernels;

/// The plain twins are named after whose order of additions they follow.
typedef enum { CK_PLAIN_AVX512BF16, CK_PLAIN_AMX, CK_AVX512BF16, CK_AMX } ck_pair_set;

/// The pair kernels of a set, or NULL when this processor lacks it or the operating system denies it.
const ck_pair_kernels *ck_pair_kernels_for(ck_pair_set set);

/// The pair kernels to train with beside a set of kernels, or NULL where they would be no faster than float32. Beside `avx512`
/// AMX or, on processors that are not Intel's (there that instruction is slower than the one for float32), AVX-512 BF16; beside
/// `plain` the twin of what `avx512` has on this processor; beside the others none.
const ck_pair_kernels *ck_pair_kernels_beside(const ck_kernels *kernels);

/// Tells the processor that this thread is spinning.
static inline void ck_spin_hint(void) {
#if defined(__x86_64__)
    __builtin_ia32_pause();
#elif defined(__aarch64__)
    __asm__ volatile("yield");
#endif
}

#endif
