public import TensorCore

/// What the factors of an LSTM layer's matrix products are rounded to in training. Everything else is float32 always: sums,
/// gates, gradients, the optimiser, the weights that a step changes, and every output that is computed after training.
public enum Precision: String, Sendable, Codable, CaseIterable {
    case float32
    /// bfloat16: the exponent of float32 with 8 significant bits.
    case bf16

    /// - Throws: `TrainingError.unsupportedPrecision` when this processor does not multiply such numbers.
    public func requireSupport(by kernels: Kernels = .best) throws(TrainingError) { _ = try pairKernels(beside: kernels) }

    /// Nil for float32.
    func pairKernels(beside kernels: Kernels = .best) throws(TrainingError) -> PairKernels? {
        guard self == .bf16 else { return nil }
        guard let pairKernels = PairKernels(beside: kernels) else {
            throw .unsupportedPrecision(self, kernels: kernels.name)
        }
        return pairKernels
    }
}
