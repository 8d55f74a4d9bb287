/// The names under which a model's metadata travels in every artifact.
public enum MetadataKey {
    /// `bandwidth`, `compression`, `reliability` or `latency`.
    public static let model = "model"
    public static let formatVersion = "format_version"
    /// JSON of the feature plan: names, formulas, units and fill values, enough to compute the input columns.
    public static let featurePlan = "feature_plan"
    /// Comma separated, in the order of the input's last axis.
    public static let featureNames = "feature_names"
    public static let featureUnits = "feature_units"
    public static let windowLength = "window_length"
    /// What the output is, and in which unit.
    public static let outputMeaning = "output_meaning"
    public static let outputUnit = "output_unit"
    /// Scores at or above it are alarms.
    public static let threshold = "threshold"
    /// Comma separated training deviations of the features, the unit of reconstruction errors.
    public static let scoreDeviations = "score_deviations"
    /// JSON by metric name: whether the judged file reached each target, `PASS` or `FAIL`; `OPEN` before it was judged.
    public static let targetsReached = "targets_reached"
    public static let schemaSHA256 = "schema_sha256"
    public static let seed = "seed"
}
