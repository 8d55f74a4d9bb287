// All kernels for one instruction set, as the table KERNEL_TABLE. The including file sets
//   KERNEL_TABLE, KERNEL_NAME     the table's identifier and its name for people
//   KERNEL_FUSED, KERNEL_AVX512   whether multiply-add is fused, whether 512-bit masks exist
//   PRODUCT_TILE_ROWS, PRODUCT_TILE_VECTORS   the register tile of narrow panels; the widest panel in vectors
//   PRODUCT_WIDE_TILE_ROWS        the rows of a tile in panels of four vectors, where there are any
// and the compiler's target.

#include "vector.h"

#include "elementary.h"

#include "activation.h"
#include "loss.h"
#include "lstm.h"
#include "matrix.h"
#include "optimiser.h"
#include "product.h"
#include "product_by_transpose.h"
#include "random.h"
#include "strassen.h"

const ck_kernels KERNEL_TABLE = {
    .name = KERNEL_NAME,
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
