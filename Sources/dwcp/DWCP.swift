//  dwcp owns the command line: names of commands and flags, their help, and rules across flags. It must hold no logic: each
//  command parses, calls one function of Pipeline, and exits with its code.

import ArgumentParser
import Pipeline

@main
struct DWCP: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "dwcp",
        abstract: "Trains, judges and exports the four models that steer DWCP replication, from recorded telemetry.",
        discussion: """
            Exit codes: 0 all targets met · 1 finished, but a target was missed or undecided · 64 wrong usage · 65 input data \
            rejected · 66 input missing or unreadable · 70 a trainer failed · 73/74 output cannot be created/written · 130 \
            interrupted. The last line on standard error says why and what to do next.
            """,
        version: ProgramVersion.current,
        subcommands: [
            ValidateCommand.self, TrainAllCommand.self, TrainCommand.self, SplitCommand.self, EvaluateCommand.self,
            PredictCommand.self, GenerateCommand.self, ImportCommand.self, CompareCommand.self, InspectCommand.self,
            InferCommand.self, ConvertCommand.self, VerifyCommand.self,
        ])

    static func main() async {
        ProcessorKernels.choose()
        await main(nil)
    }
}
