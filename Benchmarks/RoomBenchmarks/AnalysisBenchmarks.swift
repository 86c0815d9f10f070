import Benchmark
import DumpForge
import KernelObjects
import KernelSymbols
import LeakAnalysis
import LeakReports
import MemoryImages

private let tool = ToolIdentity(name: "logonleak-benchmarks", version: "0")

/// The stations of `logonleak analyze`, each alone and all together, on a machine of one size.
func measureAnalysis(sessions: Int) {
    Benchmark("snapshot: \(sessions) sessions") { benchmark, dump in
        for _ in benchmark.scaledIterations { blackHole(try Snapshot(reading: dump.kernel)) }
    } setup: {
        try ForgedDump(sessions: sessions, as: .bitmapKernel)
    }

    Benchmark("analysis: \(sessions) sessions") { benchmark, snapshot in
        for _ in benchmark.scaledIterations { blackHole(Analysis(of: snapshot)) }
    } setup: {
        try Snapshot(reading: ForgedDump(sessions: sessions, as: .bitmapKernel).kernel)
    }

    Benchmark("JSON: \(sessions) sessions") { benchmark, analysis in
        for _ in benchmark.scaledIterations { blackHole(byteCountOfJSON(analysis)) }
    } setup: {
        try Analysis(of: Snapshot(reading: ForgedDump(sessions: sessions, as: .bitmapKernel).kernel))
    }

    Benchmark("analyze, dump to JSON: \(sessions) sessions") { benchmark, dump in
        for _ in benchmark.scaledIterations {
            let kernel = try Kernel(in: CrashDump(file: dump.file))
            blackHole(byteCountOfJSON(Analysis(of: try Snapshot(reading: kernel))))
        }
    } setup: {
        try ForgedDump(sessions: sessions, as: .bitmapKernel)
    }
}

private func byteCountOfJSON(_ analysis: Analysis) -> Int {
    var byteCount = 0
    JSONReport.write(analysis, tool: tool) { byteCount += $0.count }
    return byteCount
}
