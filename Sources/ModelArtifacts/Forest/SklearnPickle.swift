import Files
public import Foundation
public import ModelGraph

/// Pickles of scikit-learn's `IsolationForest`, both ways, without Python.
///
/// **Written** files load in stock scikit-learn 1.3 to 1.9 (tried: 1.3.2 with NumPy 1.24, 1.4.2 with 1.26, 1.9.1 with 2.4)
/// by `pickle.load`; another version than 1.9.1 says `InconsistentVersionWarning`, as for any pickle. The forest takes
/// unscaled features: the scaling is folded into the thresholds so that every float32 value goes the same way at each split.
/// `score_samples` is the negative of our score, within 1e-7, and `predict` answers −1 on exactly the rows whose score
/// reaches the metadata's `threshold` (without one, `offset_` is −0.5, scikit-learn's own). `feature_names_in_` holds the
/// feature names, so a DataFrame with other columns or another order is refused; the metadata are in `dwcp_metadata`. What
/// only fitting uses (`_seeds`, `estimators_samples_`) is absent. Missing values (NaN) go right at every split.
///
/// **Read** files are those that scikit-learn's `pickle.dump` writes for a fitted forest, protocols 2 to 5, and our own. Our
/// reader never runs what a file names (see `PickleMachine`). `max_features` below 1 and `contamination` are understood.
/// Scores agree with `−score_samples` within 1e-6; alarms (`score >= threshold`) with `predict` on every row whose score is
/// not within 3e-7 above `−offset_`. Rows with NaN are not covered: scikit-learn sends them where most rows went.
public enum SklearnPickle {
    static let nameAttribute = "dwcp_name"
    static let metadataAttribute = "dwcp_metadata"

    /// Writes the pickle, whole or not at all.
    /// - Throws: `ArtifactError` when the graph is something else than one isolation forest or the forest cannot be said in
    ///   scikit-learn's words; `FileError` when the file cannot be written.
    public static func write(_ graph: ModelGraph, to path: String) throws {
        try AtomicFile.write(encode(graph), to: path)
    }

    /// The file's bytes; equal graphs give equal bytes.
    /// - Throws: `ArtifactError`.
    public static func encode(_ graph: ModelGraph) throws(ArtifactError) -> Data { try SklearnForestWriter.encode(graph) }

    /// Reads a forest: input `input` of shape `[feature]`, output `output`, center 0 and scale 1. The metadata are those of
    /// the writer, or `threshold` and, where the file has them, `feature_names`.
    /// - Throws: `ArtifactError` with the byte, or the attribute, that is not what a fitted forest has.
    public static func read(_ path: String) throws(ArtifactError) -> ModelGraph {
        try decode(ArtifactFile.read(path), path: path)
    }

    /// Reads a file's bytes.
    /// - Parameter path: what to call them in errors.
    /// - Throws: `ArtifactError`.
    public static func decode(_ data: Data, path: String) throws(ArtifactError) -> ModelGraph {
        try SklearnForestReader.read(PickleMachine.run(data, path: path))
    }
}
