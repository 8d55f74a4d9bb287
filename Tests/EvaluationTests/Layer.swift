import ModelGraph

/// Foundation has an `Operation` as well, and the module `ModelGraph` cannot be named beside its type of the same name.
typealias Layer = Operation
