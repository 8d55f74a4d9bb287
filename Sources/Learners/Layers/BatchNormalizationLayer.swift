import ModelGraph
import TensorCore

/// Batch normalization (Ioffe, Szegedy 2015) over samples and time, as in Keras: biased variance, moving statistics
/// `moving · momentum + batch · (1 − momentum)`; outside training the moving statistics normalise.
///
/// Plain loops with float64 sums: the layer is small beside the products around it.
struct BatchNormalizationLayer: Layer {
    let inputShape: SampleShape
    let momentum: Float
    let epsilon: Float

    private var features: Int { inputShape.features }

    var outputShape: SampleShape { inputShape }
    var couplesSamples: Bool { true }

    var variables: [Variable] {
        [
            Variable(name: "gamma", shape: [features], initializer: .ones),
            Variable(name: "beta", shape: [features], initializer: .zeros),
        ]
    }

    var statistics: [Variable] {
        [
            Variable(name: "moving_mean", shape: [features], initializer: .zeros),
            Variable(name: "moving_variance", shape: [features], initializer: .ones),
        ]
    }

    /// The batch's mean and 1 / √(variance + ε), `[F]` each.
    func scratchCount(samples: Int) -> Int { 2 * features }

    func forward(_ pass: LayerPass) {
        let rows = pass.samples * inputShape.steps
        let (mean, inverseDeviation) = (pass.scratch, pass.scratch + features)
        for feature in 0 ..< features {
            if pass.training != nil {
                let batch = moments(of: pass.input + feature, rows: rows)
                mean[feature] = Float(batch.mean)
                inverseDeviation[feature] = Float(1 / (batch.variance + Double(epsilon)).squareRoot())
                move(&pass.statistics[feature], towards: Float(batch.mean))
                move(&pass.statistics[features + feature], towards: Float(batch.variance))
            } else {
                mean[feature] = pass.statistics[feature]
                inverseDeviation[feature] = 1 / (pass.statistics[features + feature] + epsilon).squareRoot()
            }
        }
        for row in 0 ..< rows {
            let (x, y) = (pass.input + row * features, pass.output + row * features)
            for feature in 0 ..< features {
                let normalised = (x[feature] - mean[feature]) * inverseDeviation[feature]
                y[feature] = normalised * pass.parameters[feature] + pass.parameters[features + feature]
            }
        }
    }

    func backward(_ pass: LayerPass, _ gradient: LayerGradient) {
        let rows = pass.samples * inputShape.steps
        let (mean, inverseDeviation) = (pass.scratch, pass.scratch + features)
        for feature in 0 ..< features {
            var (sum, sumOfProducts) = (0.0, 0.0)
            for row in 0 ..< rows {
                let at = row * features + feature
                let normalised = (pass.input[at] - mean[feature]) * inverseDeviation[feature]
                sum += Double(gradient.output[at])
                sumOfProducts += Double(gradient.output[at] * normalised)
            }
            gradient.parameters[feature] = Float(sumOfProducts)
            gradient.parameters[features + feature] = Float(sum)
            guard let inputGradient = gradient.input else { continue }
            let (meanGradient, meanProduct) = (Float(sum / Double(rows)), Float(sumOfProducts / Double(rows)))
            for row in 0 ..< rows {
                let at = row * features + feature
                let normalised = (pass.input[at] - mean[feature]) * inverseDeviation[feature]
                inputGradient[at] =
                    pass.parameters[feature] * inverseDeviation[feature]
                    * (gradient.output[at] - meanGradient - normalised * meanProduct)
            }
        }
    }

    private func moments(of column: UnsafePointer<Float>, rows: Int) -> (mean: Double, variance: Double) {
        var sum = 0.0
        for row in 0 ..< rows { sum += Double(column[row * features]) }
        let mean = sum / Double(rows)
        var squares = 0.0
        for row in 0 ..< rows {
            let distance = Double(column[row * features]) - mean
            squares += distance * distance
        }
        return (mean, squares / Double(rows))
    }

    private func move(_ statistic: inout Float, towards value: Float) {
        statistic = statistic * momentum + value * (1 - momentum)
    }

    func operation(variables: [Tensor], statistics: [Tensor]) -> LayerOperation {
        .batchNormalization(
            BatchNormalizationParameters(
                gamma: variables[0], beta: variables[1], movingMean: statistics[0], movingVariance: statistics[1],
                epsilon: epsilon))
    }
}
