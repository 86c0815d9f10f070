import AddressTranslation
import BinaryReading

/// Reads `SID` structures; equal ones share their storage, since a machine has far fewer SIDs than tokens.
struct SIDReading {
    private let memory: VirtualMemory
    private var known: [UInt64: [SID]] = [:]

    /// Bytes before the sub-authorities: revision, count, six bytes of authority.
    private static let headerByteCount = 8
    private static let largestCount = 15

    init(_ memory: VirtualMemory) { self.memory = memory }

    /// The SID at an address; nil where there is none or it cannot be read.
    mutating func sid(at address: VirtualAddress) -> SID? {
        guard address.isKernel else { return nil }
        let largest = Self.headerByteCount + 4 * Self.largestCount
        if address.pageOffset <= pageByteCount - largest {
            return (try? memory.withBytes(at: address, count: largest) { parse($0) }) ?? nil
        }
        guard let header = try? memory.copyBytes(at: address, count: Self.headerByteCount),
            header[1] <= Self.largestCount,
            let whole = try? memory.copyBytes(at: address, count: Self.headerByteCount + 4 * Int(header[1]))
        else { return nil }
        return unsafe parse(whole.span.bytes)
    }

    private mutating func parse(_ bytes: RawSpan) -> SID? {
        let count = Int(bytes.value(UInt8.self, at: 1))
        guard bytes.value(UInt8.self, at: 0) == 1, count <= Self.largestCount else { return nil }
        guard bytes.byteCount >= Self.headerByteCount + 4 * count else { return nil }
        let authority = bytes.value(UInt64.self, at: 0).byteSwapped & 0xFFFF_FFFF_FFFF
        var hash = authority &* 0x9E37_79B9_7F4A_7C15
        for index in 0..<count {
            hash = (hash ^ UInt64(bytes.value(UInt32.self, at: 8 + 4 * index))) &* 0x0000_0100_0000_01B3
        }
        let equal = known[hash]?.first { sid in
            sid.identifierAuthority == authority && sid.subAuthorities.count == count
                && (0..<count).allSatisfy { sid.subAuthorities[$0] == bytes.value(UInt32.self, at: 8 + 4 * $0) }
        }
        if let equal { return equal }
        let sid = SID(
            identifierAuthority: authority, subAuthorities: (0..<count).map { bytes.value(at: 8 + 4 * $0) })
        known[hash, default: []].append(sid)
        return sid
    }
}
