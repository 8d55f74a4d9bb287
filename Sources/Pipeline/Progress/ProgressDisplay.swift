import Foundation
import Learners
import Synchronization
public import Telemetry

/// How progress is shown.
public enum ProgressStyle: Sendable, Equatable {
    /// A live line per trainer, redrawn in place.
    case live
    /// Plain lines: one per trainer every few seconds and at each epoch that improved.
    case plain
    /// One JSON object a line, on standard output.
    case json
    case quiet

    /// `live` when standard error is a terminal that can move its cursor, else `plain`.
    public static var automatic: ProgressStyle {
        let terminal = ProcessInfo.processInfo.environment["TERM"] ?? ""
        let inCI = ProcessInfo.processInfo.environment["CI"] == "true"
        return isatty(2) == 1 && !inCI && !terminal.isEmpty && terminal != "dumb" ? .live : .plain
    }
}

/// Shows the progress of some trainers. May be called from any thread.
public final class ProgressDisplay: Sendable {
    private struct State {
        var trainers: [ProgressState]
        var linesOnScreen = 0
        var lastPlainLine: [ModelKind: ContinuousClock.Instant] = [:]
        var lastRedraw: ContinuousClock.Instant?
    }

    private let style: ProgressStyle
    private let width: @Sendable () -> Int
    private let now: @Sendable () -> ContinuousClock.Instant
    private let write: @Sendable (String) -> Void
    private let state: Mutex<State>

    /// Plain lines of a trainer that does not improve come at most this often.
    static let plainInterval = Duration.seconds(5)
    /// The live lines are redrawn at most this often.
    static let redrawInterval = Duration.milliseconds(100)

    /// - Parameters:
    ///   - width: columns of the terminal, asked at each redraw.
    ///   - write: receives the text; standard error, or standard output for JSON, when absent.
    public init(
        style: ProgressStyle, models: [ModelKind], width: @escaping @Sendable () -> Int = ProgressDisplay.terminalWidth,
        now: @escaping @Sendable () -> ContinuousClock.Instant = { .now }, write: (@Sendable (String) -> Void)? = nil
    ) {
        self.style = style
        self.width = width
        self.now = now
        self.write =
            write ?? { text in
                let handle = style == .json ? FileHandle.standardOutput : FileHandle.standardError
                handle.write(Data(text.utf8))
            }
        state = Mutex(State(trainers: models.map(ProgressState.init)))
    }

    public func receive(_ line: ProgressLine) {
        state.withLock { state in
            guard let index = state.trainers.firstIndex(where: { $0.model == line.model }) else { return }
            state.trainers[index].receive(line.event)
            switch style {
            case .quiet: break
            case .json: write(line.json + "\n")
            case .live: redraw(&state, force: false)
            case .plain: if isWorthALine(line, &state) { writePlain(state.trainers[index]) }
            }
        }
    }

    /// Shows how a trainer's process ended.
    public func end(_ result: WorkerResult) {
        state.withLock { state in
            guard let index = state.trainers.firstIndex(where: { $0.model == result.model }) else { return }
            let duration = ProgressState.duration(result.seconds)
            state.trainers[index].ending = switch result.ending {
            case .finished: "done in \(duration)"
            case .interrupted: "interrupted"
            default: "FAILED after \(duration): \(result.explanation ?? "")"
            }
            switch style {
            case .quiet, .json: break
            case .live: redraw(&state, force: true)
            case .plain: writePlain(state.trainers[index])
            }
        }
    }

    /// Leaves the last state on the screen and the cursor below it.
    public func close() {
        state.withLock { state in
            if style == .live, state.linesOnScreen > 0 {
                redraw(&state, force: true)
                state.linesOnScreen = 0
            }
        }
    }

    private func isWorthALine(_ line: ProgressLine, _ state: inout State) -> Bool {
        let time = now()
        if case .epoch(let record) = line.event, !record.improved,
            let last = state.lastPlainLine[line.model], time - last < Self.plainInterval
        {
            return false
        }
        state.lastPlainLine[line.model] = time
        return true
    }

    private func writePlain(_ trainer: ProgressState) { write("\(trainer.model.rawValue): \(trainer.text)\n") }

    private func redraw(_ state: inout State, force: Bool) {
        let time = now()
        if !force, let last = state.lastRedraw, time - last < Self.redrawInterval { return }
        state.lastRedraw = time
        let columns = max(20, width())
        var text = state.linesOnScreen > 0 ? "\u{1B}[\(state.linesOnScreen)A" : ""
        for trainer in state.trainers {
            let name = trainer.model.rawValue.padding(toLength: 12, withPad: " ", startingAt: 0)
            // One column less than the terminal has, so that no line ever wraps and the cursor arithmetic holds.
            text += "\r\u{1B}[2K" + String("\(name) \(trainer.text)".prefix(columns - 1)) + "\n"
        }
        state.linesOnScreen = state.trainers.count
        write(text)
    }

    /// Columns of the terminal behind standard error; 80 when there is none.
    public static let terminalWidth: @Sendable () -> Int = {
        var size = winsize()
        guard ioctl(2, UInt(TIOCGWINSZ), &size) == 0, size.ws_col > 0 else { return 80 }
        return Int(size.ws_col)
    }
}
