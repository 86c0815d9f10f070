import AddressTranslation
import BinaryReading

/// What lies behind many handles: the type of each object, and the tokens among them.
///
/// Each object is read once, in the order of addresses, so that every page of the dump is read once.
struct HandleObjects: Sendable {
    private let positions: PositionTable
    /// Type index of each object; nil where its header cannot be read.
    private var indexes: [UInt8?] = []
    /// The tokens, and what was no token although its header said so.
    private(set) var tokens: [TokenReading.Batch] = []

    /// Objects that a worker looks at at a time.
    private static let objectsPerPart = 2048

    private struct Part {
        var indexes: [UInt8?] = []
        var tokens = TokenReading.Batch()
    }

    /// Reads the objects whose headers lie at addresses that may come in any order and more than once.
    init(
        headersAt addresses: [VirtualAddress], types: ObjectTypes, layout: ObjectHeaderLayout,
        tokens layouts: TokenReading.Layouts, in context: ReadingContext
    ) {
        let unique = addresses.sortedWithoutRepetitions()
        let parts = stride(from: 0, to: unique.count, by: Self.objectsPerPart).map {
            unique[$0..<min($0 + Self.objectsPerPart, unique.count)]
        }
        let results = readConcurrently(parts, in: context) {
            TokenReading($0, layouts)
        } _: { reading, part in
            var found = Part()
            found.indexes.reserveCapacity(part.count)
            for address in part {
                let header = try? reading.memory.withBytes(at: address, count: layout.bodyOffset) {
                    layout.header(in: $0)
                }
                let index = header.flatMap { types.index(of: $0, at: address) }
                found.indexes.append(index)
                guard let index, index == types.token else { continue }
                let token = address + layout.bodyOffset
                found.tokens.add(reading.token(at: token), at: token)
            }
            return found
        }
        positions = PositionTable(unique)
        indexes.reserveCapacity(unique.count)
        for part in results { indexes += part.indexes }
        tokens = results.map(\.tokens)
    }

    /// The type index of the object whose header lies at an address; nil where it cannot be read.
    func index(ofHeaderAt address: VirtualAddress) -> UInt8? { positions[address].flatMap { indexes[$0] } }
}

extension [VirtualAddress] {
    /// Ascending, each once.
    func sortedWithoutRepetitions() -> [VirtualAddress] {
        let sorted = sorted()
        var unique: [VirtualAddress] = []
        unique.reserveCapacity(sorted.count)
        for address in sorted where address != unique.last { unique.append(address) }
        return unique
    }
}
