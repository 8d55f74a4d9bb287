#include "cinference.h"

#include <math.h>
#include <stdint.h>
#include <string.h>

#include "dispatch.h"

// Written without a branch or call, so that the compiler makes vectors of them.

// eˣ with x clamped to ±87, where float32 neither overflows nor loses precision; relative error below 2e-7 (Cephes' expf:
// eˣ = 2ⁿ eʳ, a polynomial in r). NaN stays NaN.
INLINE float bounded_exponential(float unbounded) {
    const float below = 87.0f < unbounded ? 87.0f : unbounded;
    const float x = -87.0f > below ? -87.0f : below;
    // Adding 1.5 · 2²³ rounds to an integer, which then stands in the low bits.
    const float shifted = x * 1.44269504f + 12582912.0f;
    const float power = shifted - 12582912.0f;
    const float rest = x - power * 0.693359375f + power * 2.12194440e-4f;
    float polynomial = 1.9875691500e-4f;
    polynomial = polynomial * rest + 1.3981999507e-3f;
    polynomial = polynomial * rest + 8.3334519073e-3f;
    polynomial = polynomial * rest + 4.1665795894e-2f;
    polynomial = polynomial * rest + 1.6666665459e-1f;
    polynomial = polynomial * rest + 5.0000001201e-1f;
    uint32_t bits;
    memcpy(&bits, &shifted, sizeof bits);
    bits = (bits - 0x4B400000u + 127u) << 23;
    float scale;
    memcpy(&scale, &bits, sizeof scale);
    return (polynomial * rest * rest + rest + 1.0f) * scale;
}

INLINE float sigmoid(float x) { return 1.0f / (1.0f + bounded_exponential(-x)); }

// Cephes' tanhf: a polynomial near zero, where 1 − e would cancel, the exponential form elsewhere.
INLINE float hyperbolic_tangent(float x) {
    const float magnitude = fabsf(x);
    const float square = x * x;
    float polynomial = -5.70498872745e-3f;
    polynomial = polynomial * square + 2.06390887954e-2f;
    polynomial = polynomial * square - 5.37397155531e-2f;
    polynomial = polynomial * square + 1.33314422036e-1f;
    polynomial = polynomial * square - 3.33332819422e-1f;
    const float small = polynomial * square * x + x;
    const float decay = bounded_exponential(-2.0f * magnitude);
    const float large = (1.0f - decay) / (1.0f + decay);
    return magnitude < 0.625f ? small : copysignf(large, x);
}

float cinference_sigmoid_of(float x) { return sigmoid(x); }

float cinference_tanh_of(float x) { return hyperbolic_tangent(x); }

EVERY_INSTRUCTION_SET
void cinference_sigmoid(float *values, size_t count) {
    for (size_t i = 0; i < count; i++) { values[i] = sigmoid(values[i]); }
}

EVERY_INSTRUCTION_SET
void cinference_tanh(float *values, size_t count) {
    for (size_t i = 0; i < count; i++) { values[i] = hyperbolic_tangent(values[i]); }
}
