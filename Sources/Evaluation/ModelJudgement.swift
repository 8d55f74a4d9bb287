//  Evaluation owns verdicts: it runs written artifacts on held-out rows and holds the results against the gates. It must never
//  import Learners or Trainers: the judge does not know the judged.

public import Telemetry

/// The judgement of one model: what was measured, against what, and the verdict. Everything a report shows comes from here.
public struct ModelJudgement: Sendable, Codable, Equatable {
    public var model: ModelKind
    public var verdict: Verdict
    /// One sentence each: why the verdict is not PASS, or what a reader must know although it is.
    public var reasons: [String]
    public var warnings: [String]
    /// Gated metrics first, in the schema's order, then the others.
    public var metrics: [MetricResult]
    public var baselines: [BaselineResult]
    /// Metrics of a random score under the same protocol (mean of 20 seeds), by metric name.
    public var randomControl: [String: Double]
    /// The gated metrics by link type.
    public var perLinkType: [GroupResult]
    /// Rows, windows and units judged; rows left out, with the reason as key.
    public var testRows: Int
    public var units: Int
    public var unitsNeeded: Int
    public var leftOut: [String: Int]
    /// The threshold and other chosen numbers that were applied, by name.
    public var settings: [String: Double]
    public var plots: PlotData

    public init(
        model: ModelKind, verdict: Verdict, reasons: [String] = [], warnings: [String] = [], metrics: [MetricResult] = [],
        baselines: [BaselineResult] = [], randomControl: [String: Double] = [:], perLinkType: [GroupResult] = [],
        testRows: Int = 0, units: Int = 0, unitsNeeded: Int = 0, leftOut: [String: Int] = [:],
        settings: [String: Double] = [:], plots: PlotData = PlotData()
    ) {
        self.model = model
        self.verdict = verdict
        self.reasons = reasons
        self.warnings = warnings
        self.metrics = metrics
        self.baselines = baselines
        self.randomControl = randomControl
        self.perLinkType = perLinkType
        self.testRows = testRows
        self.units = units
        self.unitsNeeded = unitsNeeded
        self.leftOut = leftOut
        self.settings = settings
        self.plots = plots
    }
}

public enum Verdict: String, Sendable, Codable {
    case pass = "PASS"
    case fail = "FAIL"
    case undecided = "UNDECIDED"
}

/// One measured number with its 95 % interval and, if gated, its target.
public struct MetricResult: Sendable, Codable, Equatable {
    /// As in the schema's gates, for example `incident_recall`.
    public var name: String
    /// NaN never passes; encoded as null.
    public var value: Double?
    public var lower: Double?
    public var upper: Double?
    public var unit: String
    public var gate: GateDefinition?
    /// Whether the gate is reached under the run's rule (point or bound); absent without a gate.
    public var reached: Bool?
    /// One line: what exactly was computed, over what.
    public var definition: String

    public init(
        name: String, value: Double?, lower: Double? = nil, upper: Double? = nil, unit: String = "",
        gate: GateDefinition? = nil, reached: Bool? = nil, definition: String
    ) {
        self.name = name
        self.value = value
        self.lower = lower
        self.upper = upper
        self.unit = unit
        self.gate = gate
        self.reached = reached
        self.definition = definition
    }
}

/// A simpler answer to the same question on the same rows.
public struct BaselineResult: Sendable, Codable, Equatable {
    public var name: String
    public var strength: Strength
    /// By metric name, gated metrics at least.
    public var metrics: [String: Double]
    /// The metric that decides, and the model's paired difference to the baseline on it (positive: the model is better).
    public var comparedOn: String
    public var difference: Double?
    public var lower: Double?
    public var upper: Double?
    /// The interval of the difference lies above zero.
    public var beaten: Bool

    public enum Strength: String, Sendable, Codable {
        /// Must be beaten.
        case trivial
        /// Shown; not beating it is a warning.
        case strong
    }

    public init(
        name: String, strength: Strength, metrics: [String: Double], comparedOn: String, difference: Double? = nil,
        lower: Double? = nil, upper: Double? = nil, beaten: Bool
    ) {
        self.name = name
        self.strength = strength
        self.metrics = metrics
        self.comparedOn = comparedOn
        self.difference = difference
        self.lower = lower
        self.upper = upper
        self.beaten = beaten
    }
}

/// The gated metrics of one link type.
public struct GroupResult: Sendable, Codable, Equatable {
    public var name: String
    public var rows: Int
    public var metrics: [String: Double]

    public init(name: String, rows: Int, metrics: [String: Double]) {
        self.name = name
        self.rows = rows
        self.metrics = metrics
    }
}

/// The numbers behind a model's plots, thinned to what a plot can show. Which of them are filled depends on the model.
public struct PlotData: Sendable, Codable, Equatable {
    /// Bandwidth: one representative link per link type, predicted against actual over time.
    public var forecasts: [Forecast] = []
    /// Bandwidth: at most 2,000 (actual, predicted) pairs over all links.
    public var scatter: [Point] = []
    /// Compression: rows oracle level, columns chosen level.
    public var confusion: [[Int]] = []
    /// Compression: mean time per block, relative to the oracle's (1 = perfect), by chosen policy: `model`, `level 0` …
    public var relativeTimes: [NamedValue] = []
    /// Reliability and latency: precision (y) over recall (x), and the same for the best strong baseline.
    public var precisionRecall: [Point] = []
    public var precisionRecallBaseline: [Point] = []
    /// Reliability and latency: score over time of some series, with threshold and labelled intervals.
    public var timelines: [Timeline] = []

    public init() {}

    public struct Point: Sendable, Codable, Equatable {
        public var x: Double
        public var y: Double
        public init(x: Double, y: Double) { (self.x, self.y) = (x, y) }
    }

    public struct NamedValue: Sendable, Codable, Equatable {
        public var name: String
        public var value: Double
        public init(name: String, value: Double) { (self.name, self.value) = (name, value) }
    }

    public struct Forecast: Sendable, Codable, Equatable {
        public var title: String
        /// Seconds since the first shown row.
        public var seconds: [Double]
        public var actual: [Double]
        public var predicted: [Double]
        public var lastValue: [Double]
        public init(title: String, seconds: [Double], actual: [Double], predicted: [Double], lastValue: [Double]) {
            self.title = title
            self.seconds = seconds
            self.actual = actual
            self.predicted = predicted
            self.lastValue = lastValue
        }
    }

    public struct Timeline: Sendable, Codable, Equatable {
        public var title: String
        public var seconds: [Double]
        public var score: [Double]
        public var threshold: Double
        /// Labelled intervals, seconds.
        public var labelled: [[Double]]
        public init(title: String, seconds: [Double], score: [Double], threshold: Double, labelled: [[Double]]) {
            self.title = title
            self.seconds = seconds
            self.score = score
            self.threshold = threshold
            self.labelled = labelled
        }
    }
}
