// swift-tools-version: 6.2
import PackageDescription

/// The rooms of the house, bottom up: a room may import only what stands beside it (DESIGN: arrows point down).
/// `Tests/ArchitectureTests` reads the import lines and holds them against the same table.
let package = Package(
    name: "logonleak",
    platforms: [.macOS(.v15)],
    products: [
        .executable(name: "logonleak", targets: ["logonleak"]),
        .library(name: "BinaryReading", targets: ["BinaryReading"]),
        .library(name: "FileMapping", targets: ["FileMapping"]),
        .library(name: "KernelProfiles", targets: ["KernelProfiles"]),
        .library(name: "ProgramDatabases", targets: ["ProgramDatabases"]),
        .library(name: "MemoryImages", targets: ["MemoryImages"]),
        .library(name: "AddressTranslation", targets: ["AddressTranslation"]),
        .library(name: "KernelSymbols", targets: ["KernelSymbols"]),
        .library(name: "KernelObjects", targets: ["KernelObjects"]),
        .library(name: "LeakAnalysis", targets: ["LeakAnalysis"]),
        .library(name: "LeakReports", targets: ["LeakReports"]),
        .library(name: "DebuggerShell", targets: ["DebuggerShell"]),
        .library(name: "DumpForge", targets: ["DumpForge"]),
    ],
    traits: [
        .trait(name: "LZMA", description: "Read .json.xz symbol files through liblzma instead of an xz program"),
        .trait(name: "Capstone", description: "Decode instructions in the shell's u through libcapstone"),
        .default(enabledTraits: []),
    ],
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", from: "1.8.2"),
        .package(url: "https://github.com/swiftlang/swift-docc-plugin", from: "1.5.0"),
    ],
    targets: [
        .target(name: "BinaryReading"),
        .target(name: "FileMapping", dependencies: ["BinaryReading"]),
        .target(name: "CKernelProfiles", exclude: ["profiles.bin"]),
        .systemLibrary(name: "CLZMA", pkgConfig: "liblzma", providers: [.apt(["liblzma-dev"]), .brew(["xz"])]),
        .target(
            name: "KernelProfiles",
            dependencies: [
                "BinaryReading", "FileMapping", "CKernelProfiles",
                .target(name: "CLZMA", condition: .when(traits: ["LZMA"])),
            ]),
        .target(name: "ProgramDatabases", dependencies: ["BinaryReading", "FileMapping"]),
        .target(name: "MemoryImages", dependencies: ["BinaryReading", "FileMapping"]),
        .target(name: "AddressTranslation", dependencies: ["BinaryReading", "MemoryImages"]),
        .target(
            name: "KernelSymbols",
            dependencies: [
                "BinaryReading", "FileMapping", "KernelProfiles", "ProgramDatabases", "MemoryImages",
                "AddressTranslation",
            ]),
        .target(
            name: "KernelObjects",
            dependencies: [
                "BinaryReading", "FileMapping", "MemoryImages", "AddressTranslation", "KernelProfiles", "KernelSymbols",
            ]),
        .target(name: "LeakAnalysis", dependencies: ["BinaryReading", "KernelObjects"]),
        .target(
            name: "LeakReports", dependencies: ["BinaryReading", "KernelObjects", "LeakAnalysis"], exclude: ["Schema"]),
        .systemLibrary(
            name: "CCapstone", pkgConfig: "capstone", providers: [.apt(["libcapstone-dev"]), .brew(["capstone"])]),
        .target(
            name: "DebuggerShell",
            dependencies: [
                "BinaryReading", "FileMapping", "KernelProfiles", "ProgramDatabases", "MemoryImages",
                "AddressTranslation", "KernelSymbols", "KernelObjects", "LeakAnalysis", "LeakReports",
                .target(name: "CCapstone", condition: .when(traits: ["Capstone"])),
            ]),
        .target(name: "DumpForge", dependencies: ["BinaryReading", "KernelProfiles"]),
        .executableTarget(
            name: "logonleak",
            dependencies: [
                "BinaryReading", "FileMapping", "KernelProfiles", "ProgramDatabases", "MemoryImages",
                "AddressTranslation", "KernelSymbols", "KernelObjects", "LeakAnalysis", "LeakReports", "DebuggerShell",
                "DumpForge",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        // Tools of the house: not part of the product.
        .executableTarget(
            name: "generate-profiles",
            dependencies: [
                "BinaryReading", "KernelProfiles", .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        .executableTarget(
            name: "measure-pool-scan",
            dependencies: [
                "FileMapping", "MemoryImages", "KernelSymbols", "KernelObjects",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        .executableTarget(
            name: "mutate-dumps",
            dependencies: [
                "BinaryReading", "FileMapping", "KernelProfiles", "MemoryImages", "AddressTranslation", "KernelSymbols",
                "KernelObjects", "LeakAnalysis", "LeakReports", "DumpForge",
                .product(name: "ArgumentParser", package: "swift-argument-parser"),
            ]),
        .testTarget(name: "ArchitectureTests"),
        .testTarget(name: "BinaryReadingTests", dependencies: ["BinaryReading"]),
        .testTarget(name: "FileMappingTests", dependencies: ["BinaryReading", "FileMapping"]),
        .testTarget(name: "KernelProfilesTests", dependencies: ["BinaryReading", "KernelProfiles"]),
        .testTarget(
            name: "ProgramDatabasesTests", dependencies: ["BinaryReading", "FileMapping", "ProgramDatabases"]),
        .testTarget(
            name: "MemoryImagesTests", dependencies: ["BinaryReading", "FileMapping", "MemoryImages", "DumpForge"]),
        .testTarget(
            name: "AddressTranslationTests",
            dependencies: ["BinaryReading", "FileMapping", "MemoryImages", "AddressTranslation"]),
        .testTarget(
            name: "KernelSymbolsTests",
            dependencies: [
                "BinaryReading", "FileMapping", "KernelProfiles", "MemoryImages", "AddressTranslation", "KernelSymbols",
                "DumpForge", "LeakTestSupport",
            ]),
        .testTarget(
            name: "KernelObjectsTests",
            dependencies: [
                "BinaryReading", "FileMapping", "KernelProfiles", "MemoryImages", "AddressTranslation", "KernelSymbols",
                "KernelObjects", "DumpForge",
            ]),
        .target(
            name: "LeakTestSupport", dependencies: ["BinaryReading", "KernelObjects", "LeakAnalysis"],
            path: "Tests/LeakTestSupport"),
        .testTarget(
            name: "LeakAnalysisTests",
            dependencies: ["BinaryReading", "KernelObjects", "LeakAnalysis", "LeakTestSupport"]),
        .testTarget(
            name: "LeakReportsTests",
            dependencies: ["BinaryReading", "KernelObjects", "LeakAnalysis", "LeakReports", "LeakTestSupport"]),
        .testTarget(
            name: "DebuggerShellTests",
            dependencies: [
                "BinaryReading", "FileMapping", "KernelProfiles", "MemoryImages", "AddressTranslation", "KernelSymbols",
                "KernelObjects", "LeakAnalysis", "DebuggerShell", "DumpForge",
            ]),
        .testTarget(name: "DumpForgeTests", dependencies: ["BinaryReading", "KernelProfiles", "DumpForge"]),
        .testTarget(
            name: "EndToEndTests",
            dependencies: [
                "BinaryReading", "FileMapping", "KernelProfiles", "ProgramDatabases", "MemoryImages",
                "AddressTranslation", "KernelSymbols", "DumpForge", "LeakTestSupport", "logonleak", "mutate-dumps",
            ], exclude: ["Scripts"]),
    ],
    swiftLanguageModes: [.v6]
)

// CI turns every warning into an error; a user's newer compiler must not.
let warningSettings: [SwiftSetting] =
    Context.environment["LOGONLEAK_WARNINGS_AS_ERRORS"] == nil ? [] : [.treatAllWarnings(as: .error)]

for target in package.targets where target.type == .regular || target.type == .executable {
    guard !target.name.hasPrefix("C") else { continue }
    target.swiftSettings =
        (target.swiftSettings ?? []) + [
            .enableUpcomingFeature("ExistentialAny"), .enableUpcomingFeature("InternalImportsByDefault"),
            .enableUpcomingFeature("MemberImportVisibility"), .strictMemorySafety(),
        ] + warningSettings
}
