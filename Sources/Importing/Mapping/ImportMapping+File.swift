import Failures
import Foundation
public import Telemetry

extension ImportMapping {
    /// Reads a mapping file.
    /// - Throws: `ImportError` when the file cannot be read, `MappingError` when its content is no mapping.
    public init(contentsOf path: String, schema: Schema) throws {
        guard let data = FileManager.default.contents(atPath: path) else {
            throw ImportError(
                "the file cannot be read; give the path of a mapping, for example one of mappings/", path: path,
                category: .missingInput)
        }
        try self.init(yaml: String(decoding: data, as: UTF8.self), path: path, schema: schema)
    }
}
