/// Names in ascending order of their bytes, each written as what differs from the one before; a block starts anew.
package struct NameList {
    /// Names in a block.
    package static let blockLength = 32

    private let blocks: PackedList

    /// Names in those blocks; all but the last are full.
    init(blocks: PackedList) { self.blocks = blocks }

    /// Number of names. The last block is read for it.
    var count: Int {
        let fullBlocks = Swift.max(blocks.count - 1, 0)
        return fullBlocks * Self.blockLength + Self.names(inBlock: fullBlocks, of: blocks).count
    }

    /// All names in order.
    var all: [String] { (0..<blocks.count).flatMap { Self.names(inBlock: $0, of: blocks) } }

    /// The name with that number.
    func name(at index: Int) -> String? {
        guard index >= 0 else { return nil }
        let place = index % Self.blockLength
        let names = Self.names(inBlock: index / Self.blockLength, of: blocks, limit: place + 1)
        return names.count == place + 1 ? names.last : nil
    }

    /// The number of a name, or nil where it is not in the list.
    func index(of name: String) -> Int? {
        var low = 0
        var high = blocks.count
        while low < high {
            let middle = (low + high) / 2
            guard let first = Self.names(inBlock: middle, of: blocks, limit: 1).first else { return nil }
            if name.utf8.lexicographicallyPrecedes(first.utf8) { high = middle } else { low = middle + 1 }
        }
        guard low > 0, let place = Self.names(inBlock: low - 1, of: blocks).firstIndex(of: name) else { return nil }
        return (low - 1) * Self.blockLength + place
    }

    /// The first names of a block; empty where there is no such block, short where it ends or is damaged.
    private static func names(inBlock block: Int, of blocks: PackedList, limit: Int = blockLength) -> [String] {
        guard var cursor = blocks.cursor(at: block) else { return [] }
        var names: [String] = []
        var text: [UInt8] = []
        while names.count < limit, let shared = cursor.byte(), Int(shared) <= text.count {
            text.removeLast(text.count - Int(shared))
            // The last character of a name has its high bit set.
            while let byte = cursor.byte() {
                text.append(byte & 0x7F)
                if byte >= 0x80 { break }
            }
            names.append(String(decoding: text, as: UTF8.self))
        }
        return names
    }
}
