/// The activations that Keras 3 has by name; raw values are Keras' names, functions take Keras' default arguments.
///
/// Two of Keras' names are left out: `threshold` cannot be had without arguments, and `glu` halves the last axis, which no
/// activation of a layer may.
public enum Activation: String, Sendable, Codable, CaseIterable {
    case linear, relu, relu6, elu, celu, selu, gelu, silu, mish, softplus, softsign, squareplus, sigmoid, tanh, exponential
    /// `x` above 0, `0.2 x` below.
    case leakyReLU = "leaky_relu"
    /// `relu6(x + 3) / 6`.
    case hardSigmoid = "hard_sigmoid"
    /// `clip(0.2 x + 0.5, 0, 1)`: what Keras 1 and 2 call `hard_sigmoid`. Keras 3 knows no name for it.
    case hardSigmoidKeras2 = "hard_sigmoid_keras2"
    /// `x · relu6(x + 3) / 6`.
    case hardSiLU = "hard_silu"
    /// `clip(x, −1, 1)`.
    case hardTanh = "hard_tanh"
    /// `x` where `|x| > 0.5`, else 0.
    case hardShrink = "hard_shrink"
    /// `x ∓ 0.5` where `|x| > 0.5`, else 0.
    case softShrink = "soft_shrink"
    /// `x − tanh(x)`.
    case tanhShrink = "tanh_shrink"
    /// `−softplus(−x)`.
    case logSigmoid = "log_sigmoid"
    /// 0 up to −1, `(x + 1)² / 4` up to 1, `x` from there.
    case sparsePlus = "sparse_plus"
    /// `clip((x + 1) / 2, 0, 1)`.
    case sparseSigmoid = "sparse_sigmoid"
    /// Over the last axis.
    case softmax
    /// Over the last axis.
    case logSoftmax = "log_softmax"
    /// Over the last axis: `max(x − τ, 0)` with `τ = (Σ s_k − 1) / K`, s_k being the sum of the k largest values and k
    /// running over the K values that are larger than `(s_k − 1) / k`. That is what Keras up to 3.15 computes, whose
    /// weights it has to fit. It is not the projection onto the probability simplex that the name promises (Martins,
    /// Astudillo 2016: `τ = (s_K − 1) / K`), see issue 23425 of keras-team/keras; the two agree where one value is left.
    case sparsemax

    /// Whether each value's result depends on that value alone; only such functions can stand inside a recurrent layer.
    public var isElementwise: Bool {
        switch self {
        case .softmax, .logSoftmax, .sparsemax: false
        default: true
        }
    }
}
