public import KernelSymbols

extension Snapshot {
    /// Reads everything that the analysis needs from a dump.
    ///
    /// Whatever cannot be read is a gap of the snapshot and never the end of the reading.
    ///
    /// - Parameters:
    ///   - kernel: The kernel that was found in the dump.
    ///   - scan: When the pool is searched for what nothing lists.
    /// - Throws: `LayoutError` where the kernel's profile lacks a structure or field without which nothing can be said.
    public init(reading kernel: Kernel, scan: PoolScanPolicy = .auto) throws(LayoutError) {
        var reading = try SnapshotReading(kernel)
        try reading.readLists()
        if reading.needsScan(scan) { try reading.scanPool() }
        self = try reading.snapshot()
    }
}
