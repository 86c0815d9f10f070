public import KernelSymbols

extension Snapshot {
    /// Reads everything that the analysis needs from a dump.
    ///
    /// Whatever cannot be read is a gap of the snapshot and never the end of the reading.
    ///
    /// - Parameters:
    ///   - kernel: The kernel that was found in the dump.
    ///   - scan: When the pool is searched for what nothing lists.
    ///   - moduleSymbols: Finds the symbols of drivers that creation stacks lead through; their exports are used where it finds none.
    /// - Throws: `LayoutError` where the kernel's profile lacks a structure or field without which nothing can be said.
    public init(reading kernel: Kernel, scan: PoolScanPolicy = .auto, moduleSymbols: ModuleSymbolSource? = nil)
        throws(LayoutError)
    {
        var reading = try SnapshotReading(kernel, moduleSymbols: moduleSymbols)
        try reading.readLists()
        if reading.needsScan(scan) { try reading.scanPool() }
        self = try reading.snapshot()
    }
}
