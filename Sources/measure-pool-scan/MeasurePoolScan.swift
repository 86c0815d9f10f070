import ArgumentParser
import KernelObjects
import KernelSymbols
import MemoryImages
import FileMapping

@main
struct MeasurePoolScan: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "measure-pool-scan",
        abstract: "Measures the scan of a dump's pool against a plain read of the same pages, in one process.",
        discussion: """
            Both run in turn, so that a busy moment of the machine hits both. Printed are the best and the median times and the share of \
            the plain read's throughput that the scan has.

            EXAMPLE
              swift run -c release measure-pool-scan MEMORY.DMP
            """)

    @Argument(help: "The kernel dump.", completion: .file(extensions: ["dmp", "DMP"]))
    var dump: String

    @Option(help: ArgumentHelp("How often both are done.", valueName: "number"))
    var rounds = 9

    func validate() throws {
        guard (1...1000).contains(rounds) else { throw ValidationError("--rounds takes 1 to 1000.") }
    }

    func run() throws {
        let kernel = try Kernel(in: CrashDump(file: MappedFile(path: dump)))
        let measurement = try PoolScanMeasurement(kernel)
        var plain: [Duration] = []
        var scan: [Duration] = []
        var candidates = 0
        var sum: UInt64 = 0
        let clock = ContinuousClock()
        for _ in 0..<rounds {
            plain.append(clock.measure { sum ^= measurement.readPlainly() })
            scan.append(clock.measure { candidates = measurement.scan() })
        }
        let bytes = measurement.pageCount * 4096
        print("\(measurement.pageCount) pages, \(bytes >> 20) MiB; \(candidates) candidates; checksum \(sum)")
        Self.report("plain read", plain, bytes)
        Self.report("pool scan", scan, bytes)
        print("share of the plain read's throughput: \(Self.percent(Self.median(plain), of: Self.median(scan))) %")
    }

    private static func report(_ name: String, _ times: [Duration], _ bytes: Int) {
        let best = times.min() ?? .zero
        print("\(name): best \(best), median \(median(times)), \(megabytes(bytes, in: best)) MB/s at best")
    }

    private static func median(_ times: [Duration]) -> Duration {
        let sorted = times.sorted()
        return sorted.isEmpty ? .zero : sorted[sorted.count / 2]
    }

    private static func megabytes(_ bytes: Int, in time: Duration) -> Int {
        time > .zero ? Int(Double(bytes) / (time / .seconds(1)) / 1_000_000) : 0
    }

    private static func percent(_ plain: Duration, of scan: Duration) -> Int {
        scan > .zero ? Int(100 * (plain / scan)) : 0
    }
}
