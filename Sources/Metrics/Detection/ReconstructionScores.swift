/// The anomaly score of an autoencoder: how badly it reconstructs a window.
public enum ReconstructionScores {
    /// Mean squared error of each window in units of the features' training deviations.
    ///
    /// - Parameters:
    ///   - windows, reconstructions: `[window, time, feature]`, row-major.
    ///   - deviations: `[feature]`, each above zero.
    public static func meanSquaredErrors(
        windows: [Float], reconstructions: [Float], windowLength: Int, deviations: [Float]
    ) -> [Double] {
        let size = windowLength * deviations.count
        precondition(windows.count == reconstructions.count && windows.count % size == 0, "whole windows of both")
        return stride(from: 0, to: windows.count, by: size).map { start in
            var sum = 0.0
            for offset in 0 ..< size {
                let error = Double(windows[start + offset] - reconstructions[start + offset])
                    / Double(deviations[offset % deviations.count])
                sum += error * error
            }
            return sum / Double(size)
        }
    }
}
