// swift-tools-version: 6.2
import PackageDescription

// The target graph, leaves first. Data flows down this list, imports point up it; `Tests/ArchitectureTests` reads the
// `import` lines of every source file against the same table, so an undeclared or transitive import fails the build's tests.

let strict: [SwiftSetting] = [
    .treatAllWarnings(as: .error),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("InternalImportsByDefault"),
]

func module(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: strict)
}

// Unoptimised, which halves the time their compilation takes; the code they test is optimised.
func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(
        name: "\(name)Tests", dependencies: dependencies + ["TestSupport"],
        swiftSettings: strict + [.unsafeFlags(["-Onone"])])
}

let argumentParser = Target.Dependency.product(name: "ArgumentParser", package: "swift-argument-parser")
let subprocess = Target.Dependency.product(name: "Subprocess", package: "swift-subprocess")
let system = Target.Dependency.product(name: "SystemPackage", package: "swift-system")
let yaml = Target.Dependency.product(name: "Yams", package: "Yams")

let package = Package(
    name: "dwcp-trainer",
    products: [
        .executable(name: "dwcp", targets: ["dwcp"]),
        // For `Benchmarks/`, a package of its own.
        .library(name: "TrainerModules", targets: [
            "Telemetry", "Learners", "Trainers", "Metrics", "ModelGraph", "ModelArtifacts", "Inference", "Evaluation",
            "Simulation", "Randomness", "TensorCore",
        ]),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/swiftlang/swift-subprocess", from: "1.0.2"),
        .package(url: "https://github.com/apple/swift-system", from: "1.8.1"),
        .package(url: "https://github.com/jpsim/Yams", from: "6.2.2"),
    ],
    targets: [
        // C, one thin target per library.
        .target(name: "COpenBLAS"),
        .systemLibrary(name: "CHDF5", providers: [.apt(["libhdf5-dev"])]),
        .systemLibrary(name: "CZip", pkgConfig: "libzip", providers: [.apt(["libzip-dev"])]),
        .systemLibrary(name: "CZlib", pkgConfig: "zlib", providers: [.apt(["zlib1g-dev"])]),
        .target(
            name: "COnnx",
            cxxSettings: [.define("ONNX_NAMESPACE", to: "onnx"), .define("ONNX_ML", to: "1")],
            linkerSettings: [.linkedLibrary("onnx"), .linkedLibrary("onnx_proto"), .linkedLibrary("protobuf")]),
        .target(name: "CKernels"),
        .target(name: "CInference"),

        // Foundations.
        module("Failures"),
        module("Files", ["Failures"]),
        module("Deflate", ["CZlib"]),
        module("Randomness"),
        module("Expressions", ["Failures"]),
        module("ModelGraph"),
        module("TensorCore", ["CKernels", "COpenBLAS", "Randomness"]),

        // Data, learning, files.
        module("Telemetry", ["Deflate", "Expressions", "Failures", "Files"]),
        module("Metrics", ["Randomness"]),
        module("Learners", ["TensorCore", "ModelGraph", "Randomness", "Failures"]),
        module("ModelArtifacts", ["ModelGraph", "Deflate", "CHDF5", "CZip", "COnnx", "Failures", "Files"]),
        module("Inference", ["ModelGraph", "CInference", "Failures"]),
        module("Simulation", ["Telemetry", "Randomness", "Failures", "Files"]),
        module("Importing", ["Telemetry", "Expressions", "Failures", "Files", yaml]),

        // The four models, their judge, the run.
        module("Trainers", [
            "Expressions", "Learners", "TensorCore", "ModelGraph", "Telemetry", "Metrics", "Randomness", "Failures",
        ]),
        module("Evaluation", [
            "ModelArtifacts", "ModelGraph", "Inference", "TensorCore", "Telemetry", "Expressions", "Metrics", "Randomness",
            "Failures",
        ]),
        module("Reports"),
        module("Pipeline", [
            "Trainers", "Learners", "TensorCore", "Evaluation", "Reports", "ModelArtifacts", "ModelGraph", "Inference",
            "Telemetry",
            "Simulation", "Importing", "Metrics", "Randomness", "Failures", "Files", subprocess, system,
        ]),
        .executableTarget(name: "dwcp", dependencies: ["Pipeline", "Evaluation", "Learners", "Telemetry", "Failures", argumentParser], swiftSettings: strict),

        // Tests.
        module("TestSupport", ["ModelGraph", "Telemetry", "Randomness"]),
        tests("Architecture", []),
        tests("Randomness", ["Randomness"]),
        tests("Files", ["Files", "Failures"]),
        tests("Expressions", ["Expressions", "Failures"]),
        tests("TensorCore", ["TensorCore", "CKernels", "Randomness"]),
        tests("Telemetry", ["Telemetry", "Expressions", "Failures", "Files", "Randomness"]),
        tests("Metrics", ["Metrics", "Randomness"]),
        tests("Learners", ["Learners", "TensorCore", "ModelGraph", "Metrics", "Randomness"]),
        tests("ModelArtifacts", ["ModelArtifacts", "ModelGraph", "Inference", "Failures", "Randomness", "Files"]),
        tests("Inference", ["Inference", "ModelGraph", "Randomness", "Failures"]),
        tests("Simulation", ["Simulation", "Telemetry", "Randomness", "Failures"]),
        tests("Importing", ["Importing", "Telemetry", "Failures"]),
        tests("Trainers", [
            "Trainers", "Learners", "TensorCore", "ModelGraph", "Telemetry", "Metrics", "Randomness", "Inference",
            "ModelArtifacts", "Failures", "Evaluation",
        ]),
        tests("Evaluation", [
            "Evaluation", "ModelArtifacts", "ModelGraph", "Inference", "Telemetry", "Expressions", "Metrics", "Randomness",
        ]),
        tests("Reports", ["Reports"]),
        tests("Pipeline", [
            "Pipeline", "Telemetry", "Learners", "Evaluation", "ModelArtifacts", "ModelGraph", "Inference", "Reports", "Failures",
            "Files", "Randomness", "TensorCore",
        ]),
        tests("Fuzz", ["ModelArtifacts", "ModelGraph", "Telemetry", "Failures", "Randomness"]),
        tests("CommandLine", ["ModelGraph", "Files", subprocess, system]),
    ],
    cxxLanguageStandard: .cxx17
)
