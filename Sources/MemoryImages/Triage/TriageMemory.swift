public import BinaryReading
public import FileMapping

/// A piece of virtual memory that a triage dump holds.
public struct TriageDataBlock: Hashable, Sendable {
    /// Where it was in memory.
    public let address: VirtualAddress
    /// Where it is in the file.
    public let fileOffset: Int
    /// How long it is, as far as the file has it.
    public let byteCount: Int
}

/// The pieces of virtual memory that a triage dump holds, by address.
public struct TriageMemory: Sendable {
    /// The file.
    public let file: MappedFile
    /// The pieces, by address; some may overlap.
    public let blocks: [TriageDataBlock]
    /// The longest piece: how far before an address one can start that reaches it.
    private let longestBlock: UInt64

    init(file: MappedFile, blocks: [TriageDataBlock]) {
        self.file = file
        self.blocks = blocks.sorted { ($0.address, $0.fileOffset) < ($1.address, $1.fileOffset) }
        longestBlock = UInt64(blocks.map(\.byteCount).max() ?? 0)
    }

    /// A copy of `count` bytes from an address on, also across pieces that follow each other; nil where any is missing.
    public func bytes(at address: VirtualAddress, count: Int) -> [UInt8]? {
        var result: [UInt8] = []
        while result.count < count {
            let next = address + result.count
            guard let block = block(at: next), let distance = next.distance(from: block.address) else { return nil }
            let skipped = Int(distance)
            let length = Swift.min(count - result.count, block.byteCount - skipped)
            guard length > 0, let part = try? file.copyBytes(at: block.fileOffset + skipped, count: length) else {
                return nil
            }
            result += part
        }
        return result
    }

    /// A piece that holds an address.
    private func block(at address: VirtualAddress) -> TriageDataBlock? {
        var low = 0
        var high = blocks.count
        while low < high {
            let middle = (low + high) / 2
            if blocks[middle].address <= address { low = middle + 1 } else { high = middle }
        }
        // A long piece may start before several short ones that end too early.
        while low > 0 {
            low -= 1
            let distance = address.rawValue - blocks[low].address.rawValue
            if distance < UInt64(blocks[low].byteCount) { return blocks[low] }
            if distance >= longestBlock { return nil }
        }
        return nil
    }
}
