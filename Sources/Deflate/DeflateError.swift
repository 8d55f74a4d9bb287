/// Compressed bytes that do not decompress. Who owns the file adds its name.
public struct DeflateError: Error, Equatable {
    /// Where in the compressed bytes.
    public let offset: Int
    /// What was found there.
    public let finding: String
    /// What to do now.
    public let advice: String
}
