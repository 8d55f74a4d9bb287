import Foundation
import Learners
@testable import Pipeline
import Synchronization
import Telemetry
import Testing

@Suite struct ProgressTests {
    private final class Screen: Sendable {
        let text = Mutex("")
        let time = Mutex(ContinuousClock.now)
        func write(_ more: String) { text.withLock { $0 += more } }
        func advance(_ duration: Duration) { time.withLock { $0 += duration } }
        var all: String { text.withLock { $0 } }
    }

    private let screen = Screen()

    private func display(_ style: ProgressStyle, width: Int = 100) -> ProgressDisplay {
        ProgressDisplay(
            style: style, models: [.bandwidth, .latency], width: { width }, now: { [screen] in screen.time.withLock { $0 } },
            write: { [screen] in screen.write($0) })
    }

    private func epoch(_ number: Int, improved: Bool = true, loss: Double = 0.25) -> TrainingEvent {
        .epoch(
            EpochRecord(
                epoch: number, loss: loss, validationLoss: 0.5, learningRate: 0.001, improved: improved,
                samplesPerSecond: 12_345, seconds: 2))
    }

    @Test("every event survives the way through a JSON line")
    func jsonLines() throws {
        let events: [TrainingEvent] = [
            .phase("reading \"data\""), .started(epochs: 3, samples: 70_000, parameters: 29_000), epoch(2),
            .stoppedEarly(epoch: 9, bestEpoch: 4), .finished(bestEpoch: 4, seconds: 1.5),
        ]
        for event in events {
            let line = ProgressLine(model: .latency, event: event)
            #expect(!line.json.contains("\n"))
            #expect(ProgressLine(json: line.json) == line)
        }
        let fields = try JSONSerialization.jsonObject(with: Data(ProgressLine(model: .latency, event: epoch(2)).json.utf8))
        let object = try #require(fields as? [String: Any])
        #expect(object["event"] as? String == "epoch" && object["model"] as? String == "latency")
        #expect(object["validation_loss"] as? Double == 0.5 && object["samples_per_second"] as? Double == 12_345)
    }

    @Test("a loss that is not a number is null in the line and not a number when read back")
    func notANumber() {
        let line = ProgressLine(model: .latency, event: epoch(1, loss: .nan))
        #expect(line.json.contains("\"loss\":null"))
        guard case .epoch(let record)? = ProgressLine(json: line.json)?.event else {
            Issue.record("the line was not read back")
            return
        }
        #expect(record.loss.isNaN)
    }

    @Test("text that is no event is nothing", arguments: ["", "hello", "{}", "{\"event\":\"epoch\"}", "{\"model\":\"bandwidth\",\"event\":\"dance\"}", "[1]"])
    func noise(text: String) { #expect(ProgressLine(json: text) == nil) }

    @Test("plain lines come for every improved epoch, and for others only every few seconds")
    func plain() {
        let display = display(.plain)
        display.receive(.init(model: .bandwidth, event: .started(epochs: 10, samples: 1_000, parameters: 50)))
        display.receive(.init(model: .bandwidth, event: epoch(1)))
        display.receive(.init(model: .bandwidth, event: epoch(2, improved: false)))
        screen.advance(.seconds(6))
        display.receive(.init(model: .bandwidth, event: epoch(3, improved: false)))
        #expect(
            screen.all == """
                bandwidth: training on 1,000 samples, 50 parameters
                bandwidth: epoch 1/10  loss 0.2500  validation 0.5000 *  12,345/s  18s left
                bandwidth: epoch 3/10  loss 0.2500  validation 0.5000  12,345/s  14s left

                """)
    }

    @Test("live lines are redrawn in place, one per trainer, and never wrap")
    func live() {
        let display = display(.live, width: 40)
        display.receive(.init(model: .bandwidth, event: .started(epochs: 10, samples: 1_000, parameters: 50)))
        display.receive(.init(model: .bandwidth, event: epoch(1)))
        screen.advance(.milliseconds(150))
        display.receive(.init(model: .bandwidth, event: epoch(2)))
        display.close()
        let frames = screen.all.components(separatedBy: "\u{1B}[2A")
        #expect(frames.count == 3, "the first draw, one after the pause, one at the end; the one in between came too soon")
        for line in screen.all.split(separator: "\n") {
            let visible = line.replacing(/\u{1B}\[[0-9]*[A-Z]/, with: "").replacing("\r", with: "")
            #expect(visible.count <= 39)
        }
        #expect(frames.last?.contains("latency      waiting") == true && frames.last?.contains("epoch 2/10") == true)
    }

    @Test("JSON shows the lines as they are, quiet shows nothing, and only a failure's reason follows a trainer's end")
    func otherStyles() {
        let line = ProgressLine(model: .bandwidth, event: epoch(1))
        display(.json).receive(line)
        #expect(screen.all == line.json + "\n")
        let quiet = display(.quiet)
        quiet.receive(line)
        quiet.end(.init(model: .bandwidth, ending: .finished, seconds: 3, lastWords: "", logPath: ""))
        quiet.close()
        #expect(screen.all == line.json + "\n")
        let plain = display(.plain)
        plain.end(.init(model: .bandwidth, ending: .finished, seconds: 75, lastWords: "", logPath: "a.log"))
        plain.end(.init(model: .latency, ending: .killed(signal: 9), seconds: 3_700, lastWords: "", logPath: "b.log"))
        #expect(screen.all.contains("bandwidth: done in 1m15s\n"))
        #expect(screen.all.contains("latency: FAILED after 1h01m: the trainer was ended by signal 9"))
    }
}
