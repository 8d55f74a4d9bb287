import Foundation
public import Learners
public import Telemetry

/// One line of `--json-progress`: a training event and the model that it belongs to.
///
/// Encoded as one flat JSON object with snake_case keys, so that a shell script can read it:
/// `{"epoch":3,"event":"epoch","improved":true,"loss":0.12,"model":"bandwidth",…}`. Numbers that are not finite are null.
public struct ProgressLine: Sendable, Equatable {
    public var model: ModelKind
    public var event: TrainingEvent

    public init(model: ModelKind, event: TrainingEvent) {
        self.model = model
        self.event = event
    }

    /// The line's text, without the line break.
    public var json: String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        // Encoding fails for non-finite numbers only, and `encode(to:)` writes none.
        guard let data = try? encoder.encode(self) else { return "{}" }
        return String(decoding: data, as: UTF8.self)
    }

    /// Reads a line that `json` wrote; nil for anything else, such as a stray print.
    public init?(json: String) {
        guard json.hasPrefix("{"), let line = try? JSONDecoder().decode(ProgressLine.self, from: Data(json.utf8)) else {
            return nil
        }
        self = line
    }
}

extension ProgressLine: Codable {
    private enum CodingKeys: String, CodingKey {
        case model, event, phase, epochs, samples, parameters, epoch, loss, improved, seconds
        case validationLoss = "validation_loss"
        case learningRate = "learning_rate"
        case samplesPerSecond = "samples_per_second"
        case bestEpoch = "best_epoch"
    }

    private enum Name: String, Codable {
        case phase, started, epoch, finished
        case stoppedEarly = "stopped_early"
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(model, forKey: .model)
        func encode(_ number: Double, _ key: CodingKeys) throws {
            try container.encode(number.isFinite ? number : nil, forKey: key)
        }
        switch event {
        case .phase(let name):
            try container.encode(Name.phase, forKey: .event)
            try container.encode(name, forKey: .phase)
        case .started(let epochs, let samples, let parameters):
            try container.encode(Name.started, forKey: .event)
            try container.encode(epochs, forKey: .epochs)
            try container.encode(samples, forKey: .samples)
            try container.encode(parameters, forKey: .parameters)
        case .epoch(let record):
            try container.encode(Name.epoch, forKey: .event)
            try container.encode(record.epoch, forKey: .epoch)
            try container.encode(record.improved, forKey: .improved)
            try encode(record.loss, .loss)
            try encode(record.validationLoss, .validationLoss)
            try encode(record.learningRate, .learningRate)
            try encode(record.samplesPerSecond, .samplesPerSecond)
            try encode(record.seconds, .seconds)
        case .stoppedEarly(let epoch, let bestEpoch):
            try container.encode(Name.stoppedEarly, forKey: .event)
            try container.encode(epoch, forKey: .epoch)
            try container.encode(bestEpoch, forKey: .bestEpoch)
        case .finished(let bestEpoch, let seconds):
            try container.encode(Name.finished, forKey: .event)
            try container.encode(bestEpoch, forKey: .bestEpoch)
            try encode(seconds, .seconds)
        }
    }

    public init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        func number(_ key: CodingKeys) throws -> Double { try container.decodeIfPresent(Double.self, forKey: key) ?? .nan }
        func integer(_ key: CodingKeys) throws -> Int { try container.decode(Int.self, forKey: key) }
        model = try container.decode(ModelKind.self, forKey: .model)
        event =
            switch try container.decode(Name.self, forKey: .event) {
            case .phase: .phase(try container.decode(String.self, forKey: .phase))
            case .started:
                .started(epochs: try integer(.epochs), samples: try integer(.samples), parameters: try integer(.parameters))
            case .epoch:
                .epoch(
                    EpochRecord(
                        epoch: try integer(.epoch), loss: try number(.loss), validationLoss: try number(.validationLoss),
                        learningRate: try number(.learningRate),
                        improved: try container.decode(Bool.self, forKey: .improved),
                        samplesPerSecond: try number(.samplesPerSecond), seconds: try number(.seconds)))
            case .stoppedEarly: .stoppedEarly(epoch: try integer(.epoch), bestEpoch: try integer(.bestEpoch))
            case .finished: .finished(bestEpoch: try integer(.bestEpoch), seconds: try number(.seconds))
            }
    }
}
