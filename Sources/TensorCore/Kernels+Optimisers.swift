import CKernels

extension Kernels {
    /// The gradient of an optimiser's step: the sum of its parts, first to last, times `scale`.
    public struct Gradient {
        /// At least one, none of them nil; each as long as the weights.
        public var parts: UnsafeBufferPointer<UnsafePointer<Float>?>
        public var scale: Float

        public init(parts: UnsafeBufferPointer<UnsafePointer<Float>?>, scale: Float = 1) {
            precondition(!parts.isEmpty, "a gradient has at least one part")
            self.parts = parts
            self.scale = scale
        }
    }

    /// One Adam step (Kingma, Ba 2015) for the weights in `range`, as Keras 3 takes it: `stepSize` is the learning rate
    /// times `√(1 − beta2^t) / (1 − beta1^t)`, and ε is added to `√v`. `m` and `v` are the running moments, as long as the
    /// weights.
    public func adam(
        beta1: Double, beta2: Double, epsilon: Float, stepSize: Float, gradient: Gradient, range: Range<Int>,
        m: UnsafeMutablePointer<Float>, v: UnsafeMutablePointer<Float>, weights: UnsafeMutablePointer<Float>
    ) {
        var argument = ck_adam(
            rest1: Float(1 - beta1), rest2: Float(1 - beta2), epsilon: epsilon, step_size: stepSize)
        var sum = ck_gradient(gradient)
        table.pointee.adam(&argument, &sum, range.lowerBound, range.upperBound, m, v, weights)
    }

    /// One step of gradient descent with momentum for the weights in `range`: `velocity = momentum · velocity − rate ·
    /// gradient`, `weights += velocity`.
    public func momentumStep(
        rate: Float, momentum: Float, gradient: Gradient, range: Range<Int>, velocity: UnsafeMutablePointer<Float>,
        weights: UnsafeMutablePointer<Float>
    ) {
        var sum = ck_gradient(gradient)
        table.pointee.momentum(rate, momentum, &sum, range.lowerBound, range.upperBound, velocity, weights)
    }
}

extension ck_gradient {
    fileprivate init(_ gradient: Kernels.Gradient) {
        self.init(parts: gradient.parts.baseAddress, count: gradient.parts.count, scale: gradient.scale)
    }
}
