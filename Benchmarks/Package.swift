// swift-tools-version: 6.2
import PackageDescription

// Our side of `make bench`. A package of its own, so that nothing here is built, tested or shipped with the program.

let package = Package(
    name: "dwcp-benchmarks",
    dependencies: [.package(name: "dwcp-trainer", path: "..")],
    targets: [
        .executableTarget(
            name: "dwcp-bench",
            dependencies: [.product(name: "TrainerModules", package: "dwcp-trainer")],
            swiftSettings: [
                .treatAllWarnings(as: .error),
                .enableUpcomingFeature("MemberImportVisibility"),
                .enableUpcomingFeature("InternalImportsByDefault"),
            ]),
    ]
)
