/// Rules about shapes that come from files.
enum TensorShape {
    /// The product of the extents.
    /// - Throws: `failure()` when it is beyond `ArtifactLimits.tensorValues`.
    static func count(_ shape: [Int], otherwise failure: () -> ArtifactError) throws(ArtifactError) -> Int {
        var count = 1
        for extent in shape {
            let (product, overflow) = count.multipliedReportingOverflow(by: extent)
            guard !overflow, product <= ArtifactLimits.tensorValues else { throw failure() }
            count = product
        }
        return count
    }
}
