import AddressTranslation
import BinaryReading

/// Reads `SID` structures; equal ones share their storage, since a machine has far fewer SIDs than tokens.
struct SIDReading {
    private let memory: VirtualMemory
    private var known: [SID] = []
    /// The newest SID of each fingerprint, and for each the one before it.
    private var newest = PositionTable()
    private var older: [Int?] = []

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

    private static func isHeader(_ bytes: RawSpan, of count: Int) -> Bool {
        bytes.value(UInt8.self, at: 0) == 1 && bytes.value(UInt8.self, at: 1) == UInt8(truncatingIfNeeded: count)
    }

    private static func authority(_ bytes: RawSpan) -> UInt64 {
        bytes.value(UInt64.self, at: 0).byteSwapped & 0xFFFF_FFFF_FFFF
    }

    private mutating func parse(_ bytes: RawSpan) -> SID? {
        let count = Int(bytes.value(UInt8.self, at: 1))
        guard Self.isHeader(bytes, of: count), count <= Self.largestCount else { return nil }
        guard bytes.byteCount >= Self.headerByteCount + 4 * count else { return nil }
        let authority = Self.authority(bytes)
        var fingerprint = Fingerprint()
        fingerprint.combine(authority)
        for index in 0..<count { fingerprint.combine(UInt64(bytes.value(UInt32.self, at: 8 + 4 * index))) }
        let first = newest[fingerprint.value]
        var candidate = first
        while let number = candidate {
            if isEqual(known[number], authority, count: count, bytes) { return known[number] }
            candidate = older[number]
        }
        let sid = SID(
            identifierAuthority: authority, subAuthorities: (0..<count).map { bytes.value(at: 8 + 4 * $0) })
        newest[fingerprint.value] = known.count
        older.append(first)
        known.append(sid)
        return sid
    }

    private func isEqual(_ sid: SID, _ authority: UInt64, count: Int, _ bytes: RawSpan) -> Bool {
        guard sid.identifierAuthority == authority, sid.subAuthorities.count == count else { return false }
        for index in 0..<count where sid.subAuthorities[index] != bytes.value(UInt32.self, at: 8 + 4 * index) {
            return false
        }
        return true
    }
}
