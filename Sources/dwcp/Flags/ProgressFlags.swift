import ArgumentParser
import Pipeline

/// How progress is shown, on standard error unless it is JSON.
struct ProgressFlags: ParsableArguments {
    @Flag(help: "Show no progress.")
    var quiet = false

    @Flag(help: "Print progress and result on standard output, one JSON object a line.")
    var jsonProgress = false

    func validate() throws {
        if quiet && jsonProgress { throw ValidationError("--quiet and --json-progress exclude each other") }
    }

    var style: ProgressStyle { jsonProgress ? .json : quiet ? .quiet : .automatic }
}
