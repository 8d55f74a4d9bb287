/// What a node computes. Tensors use Keras' layouts; `B` batch, `T` time, `F` features, `U` units.
public enum LayerOperation: Sendable, Equatable {
    /// `(x − mean) / max(√variance, 1e-7)` over the last axis, as Keras' `Normalization`; both tensors `[F]`.
    case normalization(mean: Tensor, variance: Tensor)
    /// `activation(x · kernel + bias)` over the last axis; kernel `[F, U]`, bias `[U]`. On `[B, T, F]` it is applied to each
    /// step, which is what Keras' `Dense` does too.
    case dense(DenseParameters)
    /// `[B, T, F]` → `[B, T, U]` or, without `returnSequences`, `[B, U]`.
    case lstm(LSTMParameters)
    /// `[B, T, F]` → `[B, T, U]` or, without `returnSequences`, `[B, U]`.
    case gru(GRUParameters)
    /// Two recurrent layers over the same steps, from the first to the last and back, and their results merged. `backward`
    /// goes backwards; with `returnSequences` its result is put back into the order of time first, as Keras does.
    indirect case bidirectional(forward: LayerOperation, backward: LayerOperation, merge: BidirectionalMerge)
    /// Identity outside training; kept so that the file tells how the model was trained.
    case dropout(rate: Float)
    /// `[B, U]` → `[B, count, U]`.
    case repeatVector(count: Int)
    /// `gamma (x − movingMean) / √(movingVariance + epsilon) + beta` over the last axis; all tensors `[F]`.
    case batchNormalization(BatchNormalizationParameters)
    /// `gamma (x − mean) / √(variance + epsilon) + beta` with mean and biased variance of each vector of the last axis.
    case layerNormalization(LayerNormalizationParameters)
    /// The inner operation on each step: `[B, T, …]` → `[B, T] + its result`. Recurrent layers, forests and operations of
    /// several sources cannot stand inside.
    indirect case timeDistributed(LayerOperation)
    /// `[B, …]` → `[B, product]`.
    case flatten
    /// `[B, …]` → `[B] + shape`.
    case reshape([Int])
    /// `x · scale + offset`; each is a scalar, shape `[]`, or `[F]` for the last axis.
    case rescaling(scale: Tensor, offset: Tensor)
    case activation(Activation)
    /// Elementwise over all sources, equal shapes.
    case add
    case multiply
    case subtract
    /// All sources one after another along an axis, counted from 0 without the batch axis.
    case concatenate(axis: Int)
    /// `[B, F]` → anomaly score `[B, 1]` in (0, 1], higher is more abnormal.
    case isolationForest(IsolationForestParameters)
}

/// How a bidirectional layer joins its two results; raw values are Keras' names.
public enum BidirectionalMerge: String, Sendable, Codable, CaseIterable {
    /// Forward, then backward, along the last axis.
    case concat
    case sum
    /// The mean.
    case ave
    /// The product.
    case mul
}
