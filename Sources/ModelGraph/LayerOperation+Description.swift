extension LayerOperation {
    /// The layer's type as Keras names it.
    public var typeName: String {
        switch self {
        case .normalization: "Normalization"
        case .dense(_, let timeDistributed): timeDistributed ? "TimeDistributed(Dense)" : "Dense"
        case .lstm: "LSTM"
        case .dropout: "Dropout"
        case .repeatVector: "RepeatVector"
        case .batchNormalization: "BatchNormalization"
        case .flatten: "Flatten"
        case .reshape: "Reshape"
        case .rescaling: "Rescaling"
        case .activation: "Activation"
        case .add: "Add"
        case .multiply: "Multiply"
        case .subtract: "Subtract"
        case .concatenate: "Concatenate"
        case .isolationForest: "IsolationForest"
        }
    }

    /// Numbers that the operation holds, fixed ones included.
    public var parameterCount: Int {
        switch self {
        case .normalization(let mean, let variance): mean.values.count + variance.values.count
        case .dense(let dense, _): dense.kernel.values.count + (dense.bias?.values.count ?? 0)
        case .lstm(let lstm): lstm.kernel.values.count + lstm.recurrentKernel.values.count + lstm.bias.values.count
        case .batchNormalization(let batch): 4 * batch.gamma.values.count
        case .rescaling: 2
        case .isolationForest(let forest): forest.trees.reduce(0) { $0 + $1.feature.count }
        case .dropout, .repeatVector, .flatten, .reshape, .activation, .add, .multiply, .subtract, .concatenate: 0
        }
    }
}
