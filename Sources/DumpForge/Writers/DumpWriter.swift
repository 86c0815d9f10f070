/// Writes a machine as a dump file of one type (`formats.md` §2).
struct DumpWriter {
    let header: DumpHeader
    let memory: MachineMemory

    /// Writes the whole dump.
    func write<Output: DumpOutput>(as type: ForgedDumpType, to output: inout Output) throws(ForgeError) {
        let pages = PageSelection(memory, type: type)
        switch type {
        case .full:
            let size = UInt64(DumpHeader.byteCount) + UInt64(memory.physical.pageCount) << 12
            try output.write(header.bytes(type: type, runs: memory.physical.runs, fileByteCount: size)[...])
        case .summary: try writeFront(summaryHeader(pages.ranges), pages.ranges, type, to: &output)
        case .bitmapFull, .bitmapKernel:
            try writeFront(bitmapHeader(pages.ranges, type: type), pages.ranges, type, to: &output)
        case .rangeKernel, .rangeUser, .rangeFull:
            try writeFront(rangeHeader(pages.ranges), pages.ranges, type, to: &output)
        case .triage: throw .unsupported("a triage dump holds no physical pages")
        }
        try pages.write(to: &output)
    }

    /// Writes a full dump with one run over `byteCount` bytes of memory, most of which is a hole in the file.
    func writeSparse<Output: DumpOutput>(byteCount: UInt64, to output: inout Output) throws(ForgeError) {
        let pageCount = max(byteCount >> 12, memory.physical.frameLimit)
        let size = UInt64(DumpHeader.byteCount) + pageCount << 12
        let run = PhysicalRun(base: 1, count: Int(pageCount))
        try output.write(header.bytes(type: .full, runs: [run], fileByteCount: size)[...])
        try PageSelection(memory, type: .full).writeSparse(to: &output, pageCount: pageCount)
    }

    private func writeFront<Output: DumpOutput>(
        _ front: [UInt8], _ ranges: [PhysicalRun], _ type: ForgedDumpType, to output: inout Output
    ) throws(ForgeError) {
        let pageCount = ranges.reduce(0) { $0 + $1.count }
        let size = UInt64(DumpHeader.byteCount + front.count) + UInt64(pageCount) << 12
        try output.write(header.bytes(type: type, runs: [], fileByteCount: size)[...])
        try output.write(front[...])
    }

    private func bitmap(_ ranges: [PhysicalRun], bitCount: Int) -> [UInt8] {
        var bitmap = [UInt8](repeating: 0, count: (bitCount + 7) / 8)
        for range in ranges {
            for frame in Int(range.base)..<(Int(range.base) + range.count) {
                bitmap[frame >> 3] |= 1 << UInt8(frame & 7)
            }
        }
        return bitmap
    }

    /// The front of types 5 and 6: 64-bit fields, then the bitmap (`formats.md` §2.3).
    private func bitmapHeader(_ ranges: [PhysicalRun], type: ForgedDumpType) -> [UInt8] {
        let bits = Int(memory.physical.frameLimit)
        let map = bitmap(ranges, bitCount: bits)
        var bytes = [UInt8](repeating: 0, count: (0x38 + map.count + 0xFFF) & ~0xFFF)
        bytes.replaceSubrange(0..<8, with: Array((type == .bitmapFull ? "FDMP" : "SDMP").utf8) + Array("DUMP".utf8))
        bytes.put(type == .bitmapFull ? 3 : 1, byteCount: 4, at: 0x08)
        bytes.put(UInt64(DumpHeader.byteCount + bytes.count), byteCount: 8, at: 0x20)
        bytes.put(ranges.reduce(0) { $0 + UInt64($1.count) }, byteCount: 8, at: 0x28)
        bytes.put(UInt64(bits), byteCount: 8, at: 0x30)
        bytes.replaceSubrange(0x38..<(0x38 + map.count), with: map)
        return bytes
    }

    /// The front of type 2: 32-bit fields (`formats.md` §2.4).
    private func summaryHeader(_ ranges: [PhysicalRun]) -> [UInt8] {
        let bits = Int(memory.physical.frameLimit)
        let map = bitmap(ranges, bitCount: bits)
        var bytes = [UInt8](repeating: 0, count: (0x28 + map.count + 0xFFF) & ~0xFFF)
        bytes.replaceSubrange(0..<8, with: Array("SDMPDUMP".utf8))
        bytes.put(1, byteCount: 4, at: 0x08)
        bytes.put(UInt64(DumpHeader.byteCount + bytes.count), byteCount: 4, at: 0x0C)
        bytes.put(UInt64(bits), byteCount: 4, at: 0x10)
        bytes.put(ranges.reduce(0) { $0 + UInt64($1.count) }, byteCount: 4, at: 0x14)
        bytes.put(UInt64(bits), byteCount: 4, at: 0x18)
        bytes.replaceSubrange(0x28..<(0x28 + map.count), with: map)
        return bytes
    }

    /// The front of types 8, 9 and 10: ranges, and the zero entry that real readers want (`formats.md` §2.5).
    private func rangeHeader(_ ranges: [PhysicalRun]) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: 0x30)
        bytes.put(0x40, byteCount: 4, at: 0)
        bytes.replaceSubrange(4..<12, with: Array("RDMPDUMP".utf8))
        // Counted from 0x2020: the sixteen bytes there, the ranges, the zero entry.
        let metadata = 0x10 + (ranges.count + 1) * 16
        bytes.put(UInt64(metadata), byteCount: 8, at: 0x10)
        bytes.put(UInt64(DumpHeader.byteCount + 0x20 + metadata), byteCount: 8, at: 0x18)
        bytes.put(UInt64(ranges.count), byteCount: 4, at: 0x20)
        bytes.put(ranges.reduce(0) { $0 + UInt64($1.count) }, byteCount: 8, at: 0x28)
        for range in ranges {
            bytes.append(range.base, byteCount: 8)
            bytes.append(UInt64(range.count), byteCount: 8)
        }
        bytes.append(contentsOf: repeatElement(0, count: 16))
        return bytes
    }
}
