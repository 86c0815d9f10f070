import Benchmark
import DumpForge

/// Sizes of the whole analysis, in logon sessions: the article's, ten times that, and a machine that leaked for a day.
private let sizes = [380, 3_800, 15_000]

let benchmarks: @Sendable () -> Void = {
    Benchmark.defaultConfiguration = .init(
        metrics: [.wallClock, .cpuTotal, .peakMemoryResident], warmupIterations: 1, maxDuration: .seconds(3),
        maxIterations: 10_000
    )

    measureProfiles()
    measureDatabases()
    measureMemory(dumpType: .full, index: "runs")
    measureMemory(dumpType: .bitmapKernel, index: "bitmap")
    for sessions in sizes { measureAnalysis(sessions: sessions) }
}
