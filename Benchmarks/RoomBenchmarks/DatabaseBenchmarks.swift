import Benchmark
import Foundation
import ProgramDatabases

/// Opening a PDB, alone and with sixty layouts and two hundred symbols; the file is named by `LOGONLEAK_PDB`.
func measureDatabases() {
    guard let path = ProcessInfo.processInfo.environment["LOGONLEAK_PDB"] else { return }

    Benchmark("PDB: open") { benchmark in
        for _ in benchmark.scaledIterations { blackHole(try ProgramDatabase(path: path)) }
    }

    Benchmark("PDB: open, 60 layouts, 200 symbols by name and by address") { benchmark in
        let database = try ProgramDatabase(path: path)
        let types = try database.typeNames().prefix(60).map(\.name)
        let symbols = Array(database.symbolsByAddress.prefix(200))
        guard types.count == 60, symbols.count == 200 else { return benchmark.error("\(path) is too small") }
        benchmark.startMeasurement()
        for _ in benchmark.scaledIterations {
            let database = try ProgramDatabase(path: path)
            for name in types { blackHole(try database.types(named: name)) }
            for symbol in symbols { blackHole(database.symbols(named: symbol.name)) }
            for symbol in symbols { blackHole(database.nearestSymbols(to: (symbol.rva ?? 0) &+ 1)) }
        }
    }
}
