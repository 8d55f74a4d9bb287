public import Failures

/// Why a training run ended without a network.
public enum TrainingError: ExplainedError, Equatable {
    /// The loss became NaN or infinite; epoch and step count from 1. Without a step, what its last step left behind: the
    /// weights, or the validation loss.
    case diverged(epoch: Int, step: Int?, learningRate: Float)
    /// Somebody asked for it; the last state handed out is that of `epochsFinished`.
    case cancelled(epochsFinished: Int)
    /// A setting makes no sense.
    case invalidConfiguration(String)
    /// The processor, or the instruction set that was forced, has no such products.
    case unsupportedPrecision(Precision, kernels: String)

    public var category: FailureCategory {
        switch self {
        case .diverged: .failure
        case .cancelled: .interrupted
        case .invalidConfiguration, .unsupportedPrecision: .usage
        }
    }

    public var description: String {
        switch self {
        case .diverged(let epoch, let step, let learningRate):
            "training diverged: "
                + (step.map { "the loss of step \($0) of epoch \(epoch) is" }
                    ?? "the weights or the validation loss after epoch \(epoch) are")
                + " not finite at a learning rate of \(learningRate); lower the learning rate, or limit the gradient norm"
        case .cancelled(let epochs):
            "training was cancelled after \(epochs) finished epoch\(epochs == 1 ? "" : "s")"
        case .invalidConfiguration(let reason):
            "cannot train: \(reason)"
        case .unsupportedPrecision(let precision, let kernels):
            "cannot train with --precision \(precision.rawValue): it needs an Intel processor with AMX or an AMD processor with "
                + "AVX-512 BF16 (the flags amx_bf16 and avx512_bf16 in /proc/cpuinfo), found the instruction set \(kernels) "
                + "without either; use --precision float32, and leave DWCP_INSTRUCTION_SET unset"
        }
    }
}
