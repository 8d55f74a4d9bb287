extension LayerOperation {
    /// The layer's type as Keras names it; a wrapper with what it wraps.
    public var typeName: String {
        switch self {
        case .normalization: "Normalization"
        case .dense: "Dense"
        case .lstm: "LSTM"
        case .gru: "GRU"
        case .bidirectional(let forward, _, _): "Bidirectional(\(forward.typeName))"
        case .dropout: "Dropout"
        case .repeatVector: "RepeatVector"
        case .batchNormalization: "BatchNormalization"
        case .layerNormalization: "LayerNormalization"
        case .timeDistributed(let inner): "TimeDistributed(\(inner.typeName))"
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
        case .dense(let dense): dense.kernel.values.count + (dense.bias?.values.count ?? 0)
        case .lstm(let lstm): lstm.kernel.values.count + lstm.recurrentKernel.values.count + lstm.bias.values.count
        case .gru(let gru): gru.kernel.values.count + gru.recurrentKernel.values.count + gru.bias.values.count
        case .bidirectional(let forward, let backward, _): forward.parameterCount + backward.parameterCount
        case .batchNormalization(let batch): 4 * batch.gamma.values.count
        case .layerNormalization(let layer): (layer.gamma?.values.count ?? 0) + (layer.beta?.values.count ?? 0)
        case .timeDistributed(let inner): inner.parameterCount
        case .rescaling(let scale, let offset): scale.values.count + offset.values.count
        case .isolationForest(let forest): forest.trees.reduce(0) { $0 + $1.feature.count }
        case .dropout, .repeatVector, .flatten, .reshape, .activation, .add, .multiply, .subtract, .concatenate: 0
        }
    }
}
