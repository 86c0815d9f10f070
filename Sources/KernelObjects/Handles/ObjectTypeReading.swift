import AddressTranslation
import BinaryReading

/// The types of many objects: each header is read once, in the order of addresses, so that every page of the dump is touched once.
struct ObjectTypeReading {
    /// Addresses of headers, ascending.
    private let headers: [VirtualAddress]
    /// Type index of each; nil where the header cannot be read.
    private let indexes: [UInt8?]

    /// Objects that a worker looks at at a time.
    private static let objectsPerPart = 8192

    /// Reads the headers at addresses that may come in any order and more than once.
    init(
        headersAt addresses: [VirtualAddress], types: ObjectTypes, layout: ObjectHeaderLayout,
        in context: ReadingContext
    ) {
        let sorted = addresses.sorted()
        var unique: [VirtualAddress] = []
        for address in sorted where address != unique.last { unique.append(address) }
        let parts = stride(from: 0, to: unique.count, by: Self.objectsPerPart).map {
            unique[$0..<min($0 + Self.objectsPerPart, unique.count)]
        }
        let results = readConcurrently(parts, in: context, makeReader: \.memory) { memory, part in
            part.map { address in
                let header = try? memory.withBytes(at: address, count: layout.bodyOffset) { layout.header(in: $0) }
                return header.flatMap { types.index(of: $0, at: address) }
            }
        }
        headers = unique
        indexes = Array(results.joined())
    }

    /// The type index of the object whose header lies at an address; nil where it cannot be read.
    func index(ofHeaderAt address: VirtualAddress) -> UInt8? {
        var low = 0
        var high = headers.count
        while low < high {
            let middle = (low + high) / 2
            if headers[middle] < address { low = middle + 1 } else { high = middle }
        }
        guard low < headers.count, headers[low] == address else { return nil }
        return indexes[low]
    }
}
