// exp, sigmoid and tanh of sixteen floats. Errors are measured over all arguments by the tests.

// e^x (Cephes' expf: reduction by ln 2 in two parts, polynomial of degree 6). Arguments are clamped to [-87.3, 88.3].
INLINE floats exponential(floats x) {
    const float shift = 12582912.0f;  // 1.5 · 2^23: adding it rounds to an integer in the low mantissa bits
    x = at_least(at_most(x, 88.3f), -87.3f);
    const floats shifted = FMA(x, broadcast(1.44269504088896341f), broadcast(shift));
    const floats n = shifted - broadcast(shift);
    floats r = FMA(n, broadcast(-0.693359375f), x);
    r = FMA(n, broadcast(2.12194440e-4f), r);
    floats p = broadcast(1.9875691500e-4f);
    p = FMA(p, r, broadcast(1.3981999507e-3f));
    p = FMA(p, r, broadcast(8.3334519073e-3f));
    p = FMA(p, r, broadcast(4.1665795894e-2f));
    p = FMA(p, r, broadcast(1.6666665459e-1f));
    p = FMA(p, r, broadcast(5.0000001201e-1f));
    p = FMA(p, r * r, r) + broadcast(1.0f);
    const words power = ((words)shifted + 127u) << 23;  // 2^n; the shift drops all but the exponent bits
    return p * (floats)power;
}

INLINE floats sigmoid(floats x) { return broadcast(1.0f) / (broadcast(1.0f) + exponential(-x)); }

// Where the rational function below reaches 1, with and without fused rounding.
#if KERNEL_FUSED
#define TANH_LIMIT 7.99881172180175781f
#else
#define TANH_LIMIT 7.90531110763549805f
#endif

// tanh x as a rational function (the coefficients and limits of Eigen's ptanh_float); ±1 beyond the limit.
INLINE floats hyperbolic_tangent(floats x) {
    x = at_least(at_most(x, TANH_LIMIT), -TANH_LIMIT);
    const floats s = x * x;
    floats p = broadcast(-2.76076847742355e-16f);
    p = FMA(p, s, broadcast(2.00018790482477e-13f));
    p = FMA(p, s, broadcast(-8.60467152213735e-11f));
    p = FMA(p, s, broadcast(5.12229709037114e-08f));
    p = FMA(p, s, broadcast(1.48572235717979e-05f));
    p = FMA(p, s, broadcast(6.37261928875436e-04f));
    p = FMA(p, s, broadcast(4.89352455891786e-03f));
    floats q = broadcast(1.19825839466702e-06f);
    q = FMA(q, s, broadcast(1.18534705686654e-04f));
    q = FMA(q, s, broadcast(2.26843463243900e-03f));
    q = FMA(q, s, broadcast(4.89352518554385e-03f));
    return (x * p) / q;
}
