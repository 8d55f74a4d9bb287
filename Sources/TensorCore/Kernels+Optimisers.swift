import CKernels

extension Kernels {
    /// One Adam step (Kingma, Ba 2015) over `count` weights, as Keras 3 takes it: `stepSize` is the learning rate times
    /// `√(1 − beta2^t) / (1 − beta1^t)`, and ε is added to `√v`. `m` and `v` are the running moments; the gradient is
    /// multiplied by `gradientScale` first.
    public func adam(
        beta1: Double, beta2: Double, epsilon: Float, stepSize: Float, gradientScale: Float, count: Int,
        gradient: UnsafePointer<Float>, m: UnsafeMutablePointer<Float>, v: UnsafeMutablePointer<Float>,
        weights: UnsafeMutablePointer<Float>
    ) {
        var argument = ck_adam(
            rest1: Float(1 - beta1), rest2: Float(1 - beta2), epsilon: epsilon, step_size: stepSize,
            gradient_scale: gradientScale)
        table.pointee.adam(&argument, count, gradient, m, v, weights)
    }

    /// One step of gradient descent with momentum: `velocity = momentum · velocity − rate · gradient`, `weights +=
    /// velocity`.
    public func momentumStep(
        rate: Float, momentum: Float, gradientScale: Float, count: Int, gradient: UnsafePointer<Float>,
        velocity: UnsafeMutablePointer<Float>, weights: UnsafeMutablePointer<Float>
    ) {
        table.pointee.momentum(rate, momentum, gradientScale, count, gradient, velocity, weights)
    }
}
