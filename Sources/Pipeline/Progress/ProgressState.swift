import Foundation
import Learners
import Telemetry

/// What is known of one trainer, folded from its events, and the text for it.
struct ProgressState: Sendable {
    let model: ModelKind
    private(set) var phase = "waiting"
    private(set) var epochs = 0
    private(set) var last: EpochRecord?
    private(set) var best: EpochRecord?
    private var secondsSum = 0.0
    private var epochsSeen = 0
    /// How the trainer ended, once it has.
    var ending: String?

    init(model: ModelKind) { self.model = model }

    mutating func receive(_ event: TrainingEvent) {
        switch event {
        case .phase(let name): phase = name
        case .started(let epochs, let samples, let parameters):
            self.epochs = epochs
            phase = "training on \(Self.grouped(samples)) samples, \(Self.grouped(parameters)) parameters"
        case .epoch(let record):
            last = record
            if record.improved { best = record }
            if record.seconds.isFinite { secondsSum += record.seconds }
            epochsSeen += 1
        case .stoppedEarly(let epoch, let bestEpoch): phase = "stopped early at epoch \(epoch), best was \(bestEpoch)"
        case .finished(let bestEpoch, let seconds):
            let of = bestEpoch > 0 ? ", best epoch \(bestEpoch)" : ""
            phase = "trained in \(Self.duration(seconds))\(of)"
            last = nil
        }
    }

    /// One line without the model's name, as wide as it likes.
    var text: String {
        if let ending { return ending }
        guard let last else { return phase }
        var parts = [
            "epoch \(last.epoch)/\(epochs)",
            "loss \(Self.short(last.loss))",
            "validation \(Self.short(last.validationLoss))\(last.improved ? " *" : "")",
        ]
        if last.samplesPerSecond.isFinite { parts.append("\(Self.grouped(Int(last.samplesPerSecond)))/s") }
        if let left = secondsLeft { parts.append("\(Self.duration(left)) left") }
        return parts.joined(separator: "  ")
    }

    /// Mean time of an epoch times the epochs to go: an upper bound, since training may stop early.
    private var secondsLeft: Double? {
        guard let last, epochsSeen > 0, epochs > last.epoch else { return nil }
        return secondsSum / Double(epochsSeen) * Double(epochs - last.epoch)
    }

    static func duration(_ seconds: Double) -> String {
        guard seconds.isFinite, seconds >= 0 else { return "?" }
        let whole = Int(seconds.rounded())
        if whole < 60 { return seconds < 10 ? "\((seconds * 10).rounded() / 10)s" : "\(whole)s" }
        func two(_ number: Int) -> String { number < 10 ? "0\(number)" : "\(number)" }
        if whole < 3_600 { return "\(whole / 60)m\(two(whole % 60))s" }
        return "\(whole / 3_600)h\(two(whole % 3_600 / 60))m"
    }

    static func short(_ value: Double) -> String {
        guard value.isFinite else { return "not a number" }
        return String(format: abs(value) >= 0.001 && abs(value) < 10_000 || value == 0 ? "%.4f" : "%.3e", value)
    }

    static func grouped(_ number: Int) -> String {
        var text = ""
        for (index, digit) in String(abs(number)).reversed().enumerated() {
            if index > 0, index % 3 == 0 { text.append(",") }
            text.append(digit)
        }
        return (number < 0 ? "-" : "") + String(text.reversed())
    }
}
