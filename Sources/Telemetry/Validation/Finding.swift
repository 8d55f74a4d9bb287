/// One thing that validation noticed about a file. Findings are values: only `ValidationReport.requireAccepted` turns errors
/// into a refusal.
public struct Finding: Sendable, Codable, Equatable {
    public var kind: Kind
    public var severity: Severity
    public var source: Source
    public var column: String?
    /// The model that cannot be trained because of it.
    public var model: ModelKind?
    /// How often: cells, rows, columns or incidents, as `kind` implies.
    public var count: Int
    /// The first rows of a telemetry file, at most `placeLimit`.
    public var places: [RowPlace]
    /// The first incidents of an incident file, counted from 1, at most `placeLimit`.
    public var entries: [Int]
    public var found: String
    public var expected: String
    public var advice: String

    public static let placeLimit = 5

    init(
        _ kind: Kind, _ severity: Severity, source: Source = .telemetry, column: String? = nil, model: ModelKind? = nil,
        count: Int = 1, places: [RowPlace] = [], entries: [Int] = [], found: String, expected: String, advice: String
    ) {
        self.kind = kind
        self.severity = severity
        self.source = source
        self.column = column
        self.model = model
        self.count = count
        self.places = places
        self.entries = entries
        self.found = found
        self.expected = expected
        self.advice = advice
    }

    public enum Severity: String, Sendable, Codable, CaseIterable {
        /// The file is rejected.
        case error
        /// Used as it is; worth a look.
        case warning
        case info
    }

    public enum Source: String, Sendable, Codable {
        case telemetry, incidents
    }

    public enum Kind: String, Sendable, Codable, CaseIterable {
        // The file as a whole.
        case emptyFile = "empty_file"
        case brokenFile = "broken_file"
        case noRows = "no_rows"
        case tooFewRows = "too_few_rows"
        case raggedRow = "ragged_row"
        // Columns.
        case missingRequiredColumn = "missing_required_column"
        case noTrainableModel = "no_trainable_model"
        case unknownColumn = "unknown_column"
        case duplicateColumn = "duplicate_column"
        case constantColumn = "constant_column"
        case outliers
        // Cells.
        case wrongType = "wrong_type"
        case outOfRange = "out_of_range"
        case unknownCategory = "unknown_category"
        case tooManyMissing = "too_many_missing"
        case badTimestamp = "bad_timestamp"
        // Time, per series.
        case outOfOrder = "out_of_order"
        case duplicateInstants = "duplicate_instants"
        case gaps
        // Incident files.
        case brokenDocument = "broken_document"
        case wrongJSONType = "wrong_json_type"
        case missingKey = "missing_key"
        case unknownIncidentType = "unknown_incident_type"
        case unknownSeverity = "unknown_severity"
        case badIncidentTime = "bad_incident_time"
        case endBeforeStart = "end_before_start"
        case duplicateIncident = "duplicate_incident"
        case unknownNode = "unknown_node"
        case outsideRecording = "outside_recording"
        case noIncidents = "no_incidents"

        /// What happened, in words.
        var title: String {
            switch self {
            case .emptyFile: "empty file"
            case .brokenFile: "unreadable from here on"
            case .noRows: "no rows"
            case .tooFewRows: "too few rows"
            case .raggedRow: "wrong number of cells in a row"
            case .missingRequiredColumn: "missing column"
            case .noTrainableModel: "nothing to train"
            case .unknownColumn: "unknown column"
            case .duplicateColumn: "column stands in the header more than once"
            case .constantColumn: "constant column"
            case .outliers: "outliers"
            case .wrongType: "wrong type"
            case .outOfRange: "out of range"
            case .unknownCategory: "unknown category"
            case .tooManyMissing: "too many missing values"
            case .badTimestamp: "bad timestamp"
            case .outOfOrder: "rows out of time order"
            case .duplicateInstants: "several rows of one link at one instant"
            case .gaps: "gaps in time"
            case .brokenDocument: "not an incident document"
            case .wrongJSONType: "wrong type"
            case .missingKey: "missing key"
            case .unknownIncidentType: "unknown incident type"
            case .unknownSeverity: "unknown severity"
            case .badIncidentTime: "bad time"
            case .endBeforeStart: "end before start"
            case .duplicateIncident: "incident listed twice"
            case .unknownNode: "node or link not in the telemetry"
            case .outsideRecording: "outside of the recorded time"
            case .noIncidents: "no incident"
            }
        }
    }
}

/// Counts something and remembers where it was seen first.
struct Occurrences {
    private(set) var count = 0
    private(set) var places: [RowPlace] = []
    /// The first one, as messages show it.
    private(set) var found = ""

    @inline(__always)
    mutating func add(_ place: RowPlace, found text: @autoclosure () -> String = "") {
        count += 1
        if count <= Finding.placeLimit { remember(place, text()) }
    }

    /// Adds later ones, whose places are counted from `start`.
    mutating func add(_ later: Occurrences, from start: RowPlace) {
        if count == 0 { found = later.found }
        count += later.count
        places += later.places.prefix(Finding.placeLimit - places.count).map { $0.counted(from: start) }
    }

    @inline(never)
    private mutating func remember(_ place: RowPlace, _ text: String) {
        if places.isEmpty { found = text }
        places.append(place)
    }
}
