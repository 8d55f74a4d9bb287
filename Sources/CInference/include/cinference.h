//  CInference owns the loops that running a model spends its time in, the matrix product and the gates of recurrent layers,
//  in C with run-time dispatch. It shares nothing with CKernels, which training uses: a mistake there must not hide here. It must
//  never import or call anything but the C library.
//
//  Products are rounded before they are added, never fused, so that every instruction set gives the same bits.

#ifndef CINFERENCE_H
#define CINFERENCE_H

#include <stddef.h>

/// Columns of the right matrix that are computed together.
#define CINFERENCE_STRIP 64
/// A narrower last strip is padded with zeros to a multiple of this.
#define CINFERENCE_LANES 16

/// result [rows, width] += left [rows, inner] · strip. The strip holds `inner` lines of `width` floats, each padded to a
/// multiple of CINFERENCE_LANES; width is 1 to CINFERENCE_STRIP. Strides count floats from row to row and may be negative for
/// `left`. Each element is a sum over inner = 0, 1, … that starts from its old value.
///
/// Reads and writes nothing else; arrays need no alignment and must not overlap.
void cinference_accumulate(
    const float *left, ptrdiff_t left_stride, const float *strip, float *result, ptrdiff_t result_stride, size_t rows,
    size_t inner, size_t width);

/// 1 / (1 + e⁻ˣ), relative error below 3e-7.
float cinference_sigmoid_of(float x);

/// Hyperbolic tangent, relative error below 3e-7.
float cinference_tanh_of(float x);

/// The functions above for every one of `count` values, in place, with the same bits.
void cinference_sigmoid(float *values, size_t count);
void cinference_tanh(float *values, size_t count);

#endif
