/// Who may import whom: the target graph of Package.swift, read by `ImportTests` against the `import` lines of every file.
/// The compiler lets a transitive import through; this table does not.
enum ImportTable {
    /// Modules of the toolchain that any target may import.
    static let toolchain: Set<String> = ["Foundation", "Synchronization", "Dispatch", "Glibc"]

    /// C libraries and kernels; each has one owner.
    static let cModules: Set<String> = ["COpenBLAS", "CHDF5", "CZip", "CZlib", "COnnx", "CKernels", "CInference"]

    static let allowed: [String: Set<String>] = [
        "Failures": [],
        "Files": ["Failures"],
        "Deflate": ["CZlib"],
        "Randomness": [],
        "Expressions": ["Failures"],
        "ModelGraph": [],
        "TensorCore": ["CKernels", "COpenBLAS", "Randomness"],
        "Telemetry": ["Deflate", "Expressions", "Failures", "Files"],
        "Metrics": ["Randomness"],
        "Learners": ["TensorCore", "ModelGraph", "Randomness", "Failures"],
        "ModelArtifacts": ["ModelGraph", "Deflate", "CHDF5", "CZip", "COnnx", "Failures", "Files"],
        "Inference": ["ModelGraph", "CInference", "Failures"],
        "Simulation": ["Telemetry", "Randomness", "Failures", "Files"],
        "Importing": ["Telemetry", "Expressions", "Failures", "Files", "Yams"],
        "Trainers": [
            "Expressions", "Learners", "TensorCore", "ModelGraph", "Telemetry", "Metrics", "Randomness", "Failures",
        ],
        "Evaluation": [
            "ModelArtifacts", "ModelGraph", "Inference", "TensorCore", "Telemetry", "Expressions", "Metrics", "Randomness",
            "Failures",
        ],
        "Reports": [],
        "Pipeline": [
            "Trainers", "Learners", "TensorCore", "Evaluation", "Reports", "ModelArtifacts", "ModelGraph", "Inference", "Telemetry",
            "Simulation", "Importing", "Metrics", "Randomness", "Failures", "Files", "Subprocess", "SystemPackage",
        ],
        "dwcp": ["Pipeline", "Evaluation", "Learners", "Telemetry", "Failures", "ArgumentParser"],
        "TestSupport": ["ModelGraph", "Telemetry", "Randomness"],
    ]

    /// Which target owns which C module: the only one that may import it.
    static let owners: [String: String] = [
        "COpenBLAS": "TensorCore", "CKernels": "TensorCore", "CInference": "Inference", "CZlib": "Deflate",
        "CHDF5": "ModelArtifacts",
        "CZip": "ModelArtifacts", "COnnx": "ModelArtifacts",
    ]

    /// Rules of the architecture that must hold however the table grows: left must not reach right, directly or not.
    static let neverReaches: [(from: String, to: Set<String>, because: String)] = [
        ("Evaluation", ["Learners", "Trainers"], "the judge does not know the judged"),
        ("Inference", ["Learners", "Trainers", "TensorCore"], "a trainer's mistake must not hide in the judge's forward pass"),
        ("ModelArtifacts", ["Learners", "Trainers", "Telemetry"], "exporters see a description, no layer class"),
        ("Telemetry", ["Learners", "ModelArtifacts", "Evaluation", "Trainers"], "data does not know what is made of it"),
        ("Learners", ["Telemetry", "ModelArtifacts", "Files"], "layers and optimisers know no data and no file format"),
        ("Trainers", ["ModelArtifacts", "Evaluation"], "trainers return values and write nothing"),
        ("Metrics", ["Telemetry", "ModelGraph", "Learners"], "metrics are pure functions"),
        ("Reports", ["Telemetry", "Evaluation", "Pipeline"], "charts do not know what their numbers mean"),
    ]
}
