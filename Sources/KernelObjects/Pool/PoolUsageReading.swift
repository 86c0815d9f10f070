import AddressTranslation
import BinaryReading
import KernelProfiles

/// Measures the pool blocks of a sample of tokens and sessions by their headers (`formats.md` §6.1).
struct PoolUsageReading {
    private let memory: VirtualMemory
    private let objectHeader: ObjectHeaderLayout
    private let dynamicPart: Int?
    private let creation: Int?

    /// Objects of a kind that are looked at; blocks of one tag are nearly all of one size.
    private static let sampleSize = 256
    /// `_POOL_HEADER` before a block's body.
    private static let headerByteCount = 0x10
    private static let dynamicPartTag = "SeTd"
    private static let creationTag = "SeAt"

    init(_ context: ReadingContext) throws(LayoutError) {
        memory = context.memory
        objectHeader = try ObjectHeaderLayout(context.profile)
        let token = try FieldOffsets(of: "_TOKEN", in: context.profile)
        dynamicPart = token.optionalOffset("DynamicPart")
        creation = token.optionalOffset("DiagnosticInfo")
    }

    func usage(tokens: [Token], sessions: [LogonSession]) -> PoolUsage {
        PoolUsage(
            blocks: [
                blocks("Toke", of: tokens.map(\.address), body: bodyOfObject),
                dynamicPart.flatMap { field in
                    blocks(Self.dynamicPartTag, of: tokens.map(\.address)) { target(ofField: field, $0) }
                },
                creation.flatMap { field in
                    blocks(Self.creationTag, of: tokens.map(\.address)) { target(ofField: field, $0) }
                },
                blocks("SeLs", of: sessions.map(\.address)) { $0 },
            ].compactMap(\.self))
    }

    /// Where the block of an object begins: before the optional headers that stand before its header.
    private func bodyOfObject(_ object: VirtualAddress) -> VirtualAddress? {
        let header = object - objectHeader.bodyOffset
        let mask = try? memory.withBytes(at: header, count: objectHeader.bodyOffset) {
            objectHeader.header(in: $0).infoMask
        }
        return mask.map { header - objectHeader.optionalByteCount($0) }
    }

    private func target(ofField offset: Int, _ object: VirtualAddress) -> VirtualAddress? {
        guard let target = try? memory.loadAddress(at: object + offset), target.isKernel else { return nil }
        return target
    }

    /// - Parameter body: First byte of an object's block behind the pool header; nil where it has none.
    private func blocks(_ tag: String, of objects: [VirtualAddress], body: (VirtualAddress) -> VirtualAddress?)
        -> PoolUsage.Blocks?
    {
        let step = max(1, objects.count / Self.sampleSize)
        var looked = 0
        var measured = 0
        var byteCount = 0
        for index in stride(from: 0, to: objects.count, by: step) {
            looked += 1
            guard let body = body(objects[index]), let size = blockSize(before: body, tag) else { continue }
            measured += 1
            byteCount += size
        }
        guard measured > 0 else { return nil }
        return PoolUsage.Blocks(
            tag: tag, count: looked == objects.count ? measured : objects.count * measured / looked,
            measured: measured, measuredByteCount: byteCount)
    }

    /// `BlockSize` of the header before a block's body, which counts 16 bytes; nil where the header carries another tag.
    private func blockSize(before body: VirtualAddress, _ tag: String) -> Int? {
        let size = try? memory.withBytes(at: body - Self.headerByteCount, count: Self.headerByteCount) {
            bytes -> Int? in
            // The last bit of a tag marks a protected block.
            let word = bytes.value(UInt32.self, at: 4) & 0x7FFF_FFFF
            let found = (0..<4).map { UInt8(truncatingIfNeeded: word >> UInt32(8 * $0)) }
            guard found.elementsEqual(tag.utf8) else { return nil }
            return 16 * Int(bytes.value(UInt8.self, at: 2))
        }
        return size ?? nil
    }
}
