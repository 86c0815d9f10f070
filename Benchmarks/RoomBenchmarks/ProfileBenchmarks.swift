import Benchmark
import KernelProfiles

/// Opening a built-in profile, alone and with sixty of its structures.
func measureProfiles() {
    let version = "10.0.17763.5933"

    Benchmark("profile: open") { benchmark in
        for _ in benchmark.scaledIterations { blackHole(BuiltInProfiles.profile(version: version)) }
    }

    Benchmark("profile: open, 60 structures") { benchmark in
        guard let profile = BuiltInProfiles.profile(version: version) else {
            return benchmark.error("no built-in profile of \(version)")
        }
        let names = Array(profile.structureNames.prefix(60))
        guard names.count == 60 else { return benchmark.error("only \(names.count) structures") }
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations {
            guard let profile = BuiltInProfiles.profile(version: version) else { return }
            for name in names { blackHole(profile.structure(named: name)) }
        }
    }

    Benchmark("profile: name 1,000 addresses") { benchmark in
        guard let profile = BuiltInProfiles.profile(version: version), let last = profile.functions.last else {
            return benchmark.error("no functions of \(version)")
        }
        var generator = SeededGenerator(state: 1)
        let addresses = (0..<1_000).map { _ in UInt32.random(in: 0...last.rva, using: &generator) }
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations {
            for address in addresses { blackHole(profile.function(containing: address)) }
        }
    }
}
