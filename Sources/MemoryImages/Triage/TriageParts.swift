import BinaryReading
import FileMapping

/// The offsets and sizes in `TRIAGE_DUMP64`, held against the file and against the parts that its writer calls valid.
struct TriageParts {
    let file: MappedFile
    /// nil: the writer does not say, so every part that has an offset counts.
    let valid: MiniDumpFields?

    /// Where the structure starts.
    private static let base = DumpHeader.byteCount
    /// Fields that hold the file offset of a part: where one part ends at the latest.
    private static let offsetFields = [
        0x08, 0x0C, 0x10, 0x14, 0x18, 0x1C, 0x20, 0x24, 0x28, 0x30, 0x38, 0x40, 0x50, 0x68, 0x70, 0x78,
    ]

    /// A 32-bit field of the structure; 0 where the file does not reach it.
    func field(_ offset: Int) -> UInt32 { file.loadIfPresent(at: Self.base + offset) ?? 0 }

    func isValid(_ part: MiniDumpFields) -> Bool { valid?.contains(part) ?? true }

    /// A part without a size: it ends where the next part starts, or with the file.
    func copy(offsetField: Int, _ part: MiniDumpFields) -> Range<Int>? {
        let start = Int(field(offsetField))
        guard isValid(part), start > 0, start < file.byteCount else { return nil }
        let next = Self.offsetFields.map { Int(field($0)) }.filter { $0 > start }.min() ?? file.byteCount
        return start..<Swift.min(next, file.byteCount)
    }

    /// A part with a size, cut at the end of the file.
    func sized(offsetField: Int, sizeField: Int, _ part: MiniDumpFields) -> Range<Int>? {
        let start = Int(field(offsetField))
        let size = Int(field(sizeField))
        guard isValid(part), start > 0, size > 0, start < file.byteCount else { return nil }
        return start..<Swift.min(start + size, file.byteCount)
    }

    /// A part of virtual memory whose address, offset and size are three fields.
    func block(address: Int, offset: Int, size: Int, _ part: MiniDumpFields) -> TriageDataBlock? {
        guard let range = sized(offsetField: offset, sizeField: size, part),
            let start: UInt64 = file.loadIfPresent(at: Self.base + address), start != 0
        else { return nil }
        return TriageDataBlock(address: VirtualAddress(start), fileOffset: range.lowerBound, byteCount: range.count)
    }

    /// The list of further pieces of virtual memory.
    func dataBlocks() -> [TriageDataBlock] {
        let start = Int(field(0x78))
        guard isValid(.dataBlocks), start > 0, start < file.byteCount else { return [] }
        let count = Swift.min(Int(field(0x7C)), (file.byteCount - start) / 16)
        return (0..<count).compactMap { index in
            let position = start + 16 * index
            guard let address: UInt64 = file.loadIfPresent(at: position),
                let offset: UInt32 = file.loadIfPresent(at: position + 8),
                let size: UInt32 = file.loadIfPresent(at: position + 12), Int(offset) < file.byteCount, size > 0
            else { return nil }
            let byteCount = Swift.min(Int(size), file.byteCount - Int(offset))
            return TriageDataBlock(
                address: VirtualAddress(address), fileOffset: Int(offset), byteCount: byteCount)
        }
    }
}
