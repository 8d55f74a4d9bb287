/// What a command leaves behind for the terminal.
public struct CommandResult: Sendable, Equatable {
    /// For standard output, line breaks included; empty for none.
    public var output: String
    public var conclusion: Conclusion

    public init(output: String, conclusion: Conclusion) {
        self.output = output
        self.conclusion = conclusion
    }
}
