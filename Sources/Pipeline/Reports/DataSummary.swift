public import Telemetry

/// What was trained and judged on, as the reports tell it.
public struct DataSummary: Sendable, Codable, Equatable {
    public var rows: Int
    public var links: Int
    /// ISO 8601, UTC.
    public var firstTime: String
    public var lastTime: String
    public var rowsByLinkType: [Count]
    public var incidents: Int
    /// Train, validation and test part of the temporal split; empty when a test file was given.
    public var parts: [Part]
    /// One sentence each: findings that did not stop the run.
    public var warnings: [String]
    /// Selected models that this data cannot train, with the reason.
    public var notTrainable: [NotTrainable]
    public var schemaVersion: String

    public struct Count: Sendable, Codable, Equatable {
        public var name: String
        public var count: Int
        public init(name: String, count: Int) { (self.name, self.count) = (name, count) }
    }

    public struct Part: Sendable, Codable, Equatable {
        public var name: String
        public var firstTime: String
        public var lastTime: String
        public var rows: Int
        public init(name: String, firstTime: String, lastTime: String, rows: Int) {
            self.name = name
            self.firstTime = firstTime
            self.lastTime = lastTime
            self.rows = rows
        }
    }

    public struct NotTrainable: Sendable, Codable, Equatable {
        public var model: ModelKind
        public var reason: String
        public init(model: ModelKind, reason: String) { (self.model, self.reason) = (model, reason) }
    }

    public init(
        rows: Int, links: Int, firstTime: String, lastTime: String, rowsByLinkType: [Count] = [], incidents: Int = 0,
        parts: [Part] = [], warnings: [String] = [], notTrainable: [NotTrainable] = [], schemaVersion: String
    ) {
        self.rows = rows
        self.links = links
        self.firstTime = firstTime
        self.lastTime = lastTime
        self.rowsByLinkType = rowsByLinkType
        self.incidents = incidents
        self.parts = parts
        self.warnings = warnings
        self.notTrainable = notTrainable
        self.schemaVersion = schemaVersion
    }
}
