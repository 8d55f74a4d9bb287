public import ArgumentParser
public import Pipeline

extension GateRule: ExpressibleByArgument {}
extension GenerateOptions.Scenario: ExpressibleByArgument {}
