//  Failures owns the vocabulary of errors: which category a failure belongs to and how it is explained. It must import nothing.

/// An error that a user can act on. Its description says what was being done, to which file, row, column or byte, what was
/// found, what was expected, and what to do now.
public protocol ExplainedError: Error, Sendable, CustomStringConvertible {
    var category: FailureCategory { get }
}

/// What went wrong, as far as the caller of the program must know. Raw values are the process exit codes (sysexits.h).
public enum FailureCategory: Int32, Sendable, Codable {
    /// Wrong flags or arguments.
    case usage = 64
    /// Input data was read and rejected.
    case invalidData = 65
    /// An input does not exist or cannot be read.
    case missingInput = 66
    /// A trainer or the program itself failed.
    case failure = 70
    /// An output file or folder cannot be created.
    case cannotCreate = 73
    /// Writing an output failed after it was created, for example on a full disk.
    case cannotWrite = 74
    /// Stopped by the user.
    case interrupted = 130
}
