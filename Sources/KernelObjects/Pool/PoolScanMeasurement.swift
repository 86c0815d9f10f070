package import KernelSymbols

/// The pool scan of one dump beside a plain read of the same pages, for measuring.
package struct PoolScanMeasurement {
    private let context: ReadingContext
    private let poolScan: PoolScan
    private let parts: [[PoolPage]]

    /// Lists the pages that the scan looks at.
    package init(_ kernel: Kernel) throws(LayoutError) {
        context = ReadingContext(kernel)
        let modules = try ModuleList(context).loadedModules()
        poolScan = try PoolScan(context, types: ObjectTypes(context), modules: modules)
        parts = poolScan.pages()
    }

    /// Number of pages.
    package var pageCount: Int { parts.reduce(0) { $0 + $1.count } }

    /// The whole scan, the listing of the pages included; tells the number of candidates.
    package func scan() -> Int {
        let found = poolScan.candidates()
        return found.tokens.count + found.logonSessions.count + found.processes.count
    }

    /// Reads the pages in the order of the file, on as many processors, and does nothing but add up their words.
    package func readPlainly() -> UInt64 {
        let sums = readConcurrently(parts, in: context) {
            PoolPageReader($0.memory)
        } _: { reader, part in
            var sum: UInt64 = 0
            reader.forEachPage(in: part) { bytes, _ in
                for offset in stride(from: 0, to: bytes.byteCount, by: 8) {
                    sum &+= bytes.value(UInt64.self, at: offset)
                }
            }
            return sum
        }
        return sums.reduce(0, &+)
    }
}
