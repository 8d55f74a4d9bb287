import Learners

extension KeyedDecodingContainer {
    /// Runs written before there was a choice lack the key; they were trained in float32.
    func decode(_ type: Precision.Type, forKey key: Key) throws -> Precision {
        try decodeIfPresent(type, forKey: key) ?? .float32
    }
}
