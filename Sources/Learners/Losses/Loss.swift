public import ModelGraph

/// What training minimises: the mean over samples (and time steps) of a row's loss, each times its sample's weight, divided
/// by the number of samples as in Keras (not by the sum of weights). `y` outputs, `t` targets, `n` numbers per row.
public enum Loss: Sendable, Equatable, Codable {
    /// `Σ (y − t)² / n`.
    case meanSquaredError
    /// `Σ |y − t| / n`.
    case meanAbsoluteError
    /// `Σ h(y − t) / n` with `h(e) = e² / 2` up to `delta` and `delta (|e| − delta / 2)` beyond (Huber 1964).
    case huber(delta: Float = 1)
    /// `−Σ (t log p + (1 − t) log(1 − p)) / n` with `p = sigmoid(y)`.
    case binaryCrossEntropy
    /// `−Σ t log p` with `p = softmax(y)`; targets are probabilities, one per class.
    case categoricalCrossEntropy
    /// `−log p_t`; the target is one number, the index of the class.
    case sparseCategoricalCrossEntropy
    /// `−log Σ p_l` over the classes whose target is 1: every class of the set is a right answer. With one class it is
    /// cross-entropy.
    case setLikelihood
    /// `Σ p_l t_l`: the expected cost of a class drawn from `p`; targets are the cost of each class.
    case expectedCost

    /// The activation that the loss computes itself. A last layer with it is trained before the activation, where the loss
    /// is exact for any argument; a linear last layer is taken as giving such arguments.
    public var absorbedActivation: Activation? {
        switch self {
        case .meanSquaredError, .meanAbsoluteError, .huber: nil
        case .binaryCrossEntropy: .sigmoid
        case .categoricalCrossEntropy, .sparseCategoricalCrossEntropy, .setLikelihood, .expectedCost: .softmax
        }
    }

    /// Numbers of target per row of `outputs` numbers.
    func targetWidth(outputs: Int) -> Int { self == .sparseCategoricalCrossEntropy ? 1 : outputs }

    /// Whether `objection` never has one.
    var acceptsEveryTarget: Bool {
        switch self {
        case .sparseCategoricalCrossEntropy, .setLikelihood: false
        default: true
        }
    }

    /// What is wrong with a row of targets, if anything.
    func objection(to target: UnsafeBufferPointer<Float>, outputs: Int) -> String? {
        switch self {
        case .sparseCategoricalCrossEntropy:
            let valid = target[0] >= 0 && target[0] < Float(outputs) && target[0] == target[0].rounded()
            return valid ? nil : "is \(target[0]), not a class in 0 ..< \(outputs)"
        case .setLikelihood:
            guard target.allSatisfy({ $0 == 0 || $0 == 1 }) else { return "has numbers other than 0 and 1" }
            return target.contains(1) ? nil : "is an empty set"
        default: return nil
        }
    }
}
