// swift-tools-version: 6.2
import PackageDescription

/// What the rooms cost, measured over forged machines. A package of its own, so that nobody who builds logonleak builds this.
///
///     swift package --package-path Benchmarks benchmark
let package = Package(
    name: "logonleak-benchmarks",
    platforms: [.macOS(.v15)],
    dependencies: [
        .package(name: "logonleak", path: ".."),
        .package(url: "https://github.com/ordo-one/benchmark", from: "1.38.1", traits: []),
    ],
    targets: [
        .executableTarget(
            name: "RoomBenchmarks",
            dependencies: [
                .product(name: "BinaryReading", package: "logonleak"),
                .product(name: "FileMapping", package: "logonleak"),
                .product(name: "KernelProfiles", package: "logonleak"),
                .product(name: "ProgramDatabases", package: "logonleak"),
                .product(name: "MemoryImages", package: "logonleak"),
                .product(name: "AddressTranslation", package: "logonleak"),
                .product(name: "KernelSymbols", package: "logonleak"),
                .product(name: "KernelObjects", package: "logonleak"),
                .product(name: "LeakAnalysis", package: "logonleak"),
                .product(name: "LeakReports", package: "logonleak"),
                .product(name: "DumpForge", package: "logonleak"),
                .product(name: "Benchmark", package: "benchmark"),
            ],
            path: "RoomBenchmarks",
            plugins: [.plugin(name: "BenchmarkPlugin", package: "benchmark")])
    ],
    swiftLanguageModes: [.v6]
)
