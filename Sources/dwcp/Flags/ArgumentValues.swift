public import ArgumentParser
public import Evaluation
public import Pipeline

extension GateRule: ExpressibleByArgument {}
extension GenerateOptions.Scenario: ExpressibleByArgument {}
