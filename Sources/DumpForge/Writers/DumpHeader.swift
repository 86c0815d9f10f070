/// What a dump's header says of the machine (`formats.md` §1).
struct DumpHeader {
    static let byteCount = 0x2000
    private static let fill: UInt64 = 0x4547_4150

    let build: Int
    let directoryTableBase: UInt64
    let pfnDatabase: UInt64
    let loadedModuleList: UInt64
    let activeProcessHead: UInt64
    let debuggerData: UInt64
    let processors: Int
    let systemTime: UInt64
    let uptime: UInt64
    let context: [UInt8]
    let exceptionAddress: UInt64

    /// The header's bytes for one dump.
    ///
    /// - Parameters:
    ///   - runs: Runs of physical memory; empty for dumps that list their pages elsewhere.
    ///   - fileByteCount: Size of the whole file.
    ///   - miniDumpFields: Which parts a triage dump has.
    func bytes(
        type: ForgedDumpType, runs: [PhysicalRun], fileByteCount: UInt64, miniDumpFields: UInt64? = nil
    ) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: Self.byteCount)
        for offset in stride(from: 0, to: Self.byteCount, by: 4) {
            bytes.put(Self.fill, byteCount: 4, at: offset)
        }
        let fields: [(Int, UInt64, Int)] = [
            (0x04, 0x3436_5544, 4), (0x08, 0xF, 4), (0x0C, UInt64(build), 4), (0x10, directoryTableBase, 8),
            (0x18, pfnDatabase, 8), (0x20, loadedModuleList, 8), (0x28, activeProcessHead, 8), (0x30, 0x8664, 4),
            (0x34, UInt64(processors), 4), (0x38, 0x80, 4), (0x40, 0x4F_4454, 8), (0x48, 0, 8), (0x50, 0, 8),
            (0x58, 0, 8), (0x80, debuggerData, 8), (0xF98, UInt64(type.rawValue), 4), (0xFA0, fileByteCount, 8),
            (0xFA8, systemTime, 8), (0x1030, uptime, 8), (0x103C, 0, 4), (0x1040, 3, 4), (0x1044, 0x110, 4),
            (0x1048, 0, 4), (0x104D, 0, 1), (0x1050, 0, 4),
        ]
        for (offset, value, count) in fields { bytes.put(value, byteCount: count, at: offset) }
        if build >= 10240 { bytes.put(7, byteCount: 4, at: 0x1054) }
        if let miniDumpFields { bytes.put(miniDumpFields, byteCount: 4, at: 0x1038) }
        putRuns(runs, into: &bytes)
        putContext(into: &bytes)
        return bytes
    }

    private func putRuns(_ runs: [PhysicalRun], into bytes: inout [UInt8]) {
        guard !runs.isEmpty else {
            // Current kernels clear the descriptor where a bitmap follows; older ones leave the fill.
            if build >= 10240 { bytes.replaceSubrange(0x88..<0x344, with: repeatElement(0, count: 0x2BC)) }
            return
        }
        // There is room for 42 runs; the number of pages stays the true one.
        let shown = runs.prefix(42)
        bytes.put(UInt64(shown.count), byteCount: 4, at: 0x88)
        bytes.put(runs.reduce(0) { $0 + UInt64($1.count) }, byteCount: 8, at: 0x90)
        for (index, run) in shown.enumerated() {
            bytes.put(run.base, byteCount: 8, at: 0x98 + index * 16)
            bytes.put(UInt64(run.count), byteCount: 8, at: 0xA0 + index * 16)
        }
    }

    private func putContext(into bytes: inout [UInt8]) {
        bytes.replaceSubrange(0x348..<0xF00, with: repeatElement(0, count: 0xBB8))
        bytes.replaceSubrange(0x348..<(0x348 + context.count), with: context)
        bytes.replaceSubrange(0xF00..<0xF98, with: repeatElement(0, count: 0x98))
        bytes.put(0x8000_0003, byteCount: 4, at: 0xF00)
        bytes.put(1, byteCount: 4, at: 0xF04)
        bytes.put(exceptionAddress, byteCount: 8, at: 0xF10)
    }
}
