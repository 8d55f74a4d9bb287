import Evaluation
import Telemetry

/// What an artifact's metadata says of its targets: JSON by metric name, for example `{"correlation":"PASS","mape":"FAIL"}`.
///
/// The judge judges written files, so a file exists before its verdict does. It is written first with `OPEN` for every target,
/// judged, and written again with the verdict, in the same number of bytes: size, weights and outputs are those that were judged.
/// Time, size and memory are no part of it, so equal runs give equal files on every machine.
enum TargetsReached {
    private enum State: String {
        case open = "OPEN", pass = "PASS", fail = "FAIL"
    }

    static func open(_ gates: [GateDefinition]) -> String {
        text(quality(gates).reduce(into: [:]) { $0[$1] = .open })
    }

    static func judged(_ gates: [GateDefinition], _ metrics: [MetricResult]) -> String {
        let reached = Set(metrics.filter { $0.reached == true }.map(\.name))
        return text(quality(gates).reduce(into: [:]) { $0[$1] = reached.contains($1) ? .pass : .fail })
    }

    private static func quality(_ gates: [GateDefinition]) -> [String] {
        gates.map(\.metric).filter { !EvaluatedModel.operationalMetrics.contains($0) }
    }

    private static func text(_ states: [String: State]) -> String {
        let entries = states.sorted { $0.key < $1.key }.map { "\"\($0.key)\":\"\($0.value.rawValue)\"" }
        return "{\(entries.joined(separator: ","))}"
    }
}
