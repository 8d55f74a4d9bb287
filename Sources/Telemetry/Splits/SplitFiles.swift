public import Failures
import Files
import Foundation

/// Writes the parts of a temporal split as files of their own.
public enum SplitFiles {
    /// Copies a recording's records, byte for byte and in file order, into `train.csv`, `validation.csv` and `test.csv`;
    /// each begins with the header. Rows of the embargo go nowhere. Streams: memory does not grow with the file.
    /// - Parameters:
    ///   - path: the CSV or CSV.gz file that the split's table was read from.
    ///   - assignments: the part of every data row, in file order.
    ///   - directory: created when missing.
    /// - Returns: paths of the files, train first.
    /// - Throws: `SplitFilesError` when the file does not have as many rows as were assigned; `FileError` when a file
    ///   cannot be written; what `RecordSplitter` throws when `path` cannot be read. No file is left half written then.
    @discardableResult
    public static func write(
        recording path: String, assignments: [PartAssignment], to directory: String
    ) throws -> [String] {
        do {
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
        } catch {
            throw FileError(.cannotCreate, path: directory, doing: "create", errno: errno)
        }
        let paths = [Training.name, Validation.name, HeldOut.name].map { "\(directory)/\($0).csv" }
        var records = try RecordSplitter(path)
        guard let header = try records.next().map(closed) else {
            throw SplitFilesError(path: path, found: 0, expected: assignments.count)
        }
        try AtomicFile.stream(to: paths[0]) { train in
            try AtomicFile.stream(to: paths[1]) { validation in
                try AtomicFile.stream(to: paths[2]) { test in
                    try train.append(header)
                    try validation.append(header)
                    try test.append(header)
                    for assignment in assignments {
                        guard let record = try records.next().map(closed) else { break }
                        switch assignment {
                        case .train: try train.append(record)
                        case .validation: try validation.append(record)
                        case .test: try test.append(record)
                        case .embargo: break
                        }
                    }
                    while try records.next() != nil {}
                    guard records.recordCount == assignments.count + 1 else {
                        throw SplitFilesError(path: path, found: records.recordCount - 1, expected: assignments.count)
                    }
                }
            }
        }
        return paths
    }

    /// The record with a line break: the file's last may lack one, and here others may follow it.
    private static func closed(_ record: [UInt8]) -> [UInt8] {
        record.last == UInt8(ascii: "\n") ? record : record + [UInt8(ascii: "\n")]
    }
}

/// A recording that changed between the reading that split it and the copying of its rows.
public struct SplitFilesError: ExplainedError, Equatable {
    public let path: String
    public let found: Int
    public let expected: Int

    public var category: FailureCategory { .invalidData }

    public var description: String {
        """
        cannot copy the parts of \(path): it has \(found) data rows, but \(expected) were split; something changed the file \
        meanwhile, run again
        """
    }
}
