public import ArgumentParser
public import Evaluation
public import Learners
public import Pipeline

extension GateRule: ExpressibleByArgument {}
extension Precision: ExpressibleByArgument {}
extension GenerateOptions.Scenario: ExpressibleByArgument {}
