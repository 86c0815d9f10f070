import AddressTranslation
import BinaryReading

/// Searches virtual memory for bytes, page by page; what cannot be read is passed over.
struct MemorySearch {
    /// What is searched for; at least one byte.
    let pattern: [UInt8]
    /// Places count only at multiples of this.
    let alignment: UInt64
    let session: ShellSession

    private static let pageByteCount: UInt64 = 4096
    /// Ranges above this are walked by what the page tables map: 256 MB.
    private static let directByteCount: UInt64 = 0x1000_0000
    /// Regions of 2 MB that are searched at most: 2 TB.
    private static let regionLimit = 1 << 20

    /// Calls `found` with each place in order of address.
    ///
    /// - Parameter check: Called for each page; throws where the user wants to stop.
    func run(
        from start: UInt64, byteCount: UInt64, found: (UInt64) throws(CommandError) -> Void,
        checking check: () throws(CommandError) -> Void
    ) throws(CommandError) {
        let (sum, overflow) = start.addingReportingOverflow(byteCount)
        let end = overflow ? UInt64.max : sum
        var carried: [UInt8] = []
        var expected = start
        for piece in pieces(from: start, to: end) {
            var position = piece.lowerBound
            while position < piece.upperBound {
                try check()
                if position != expected { carried = [] }
                let inPage = Self.pageByteCount - position % Self.pageByteCount
                let count = min(inPage, piece.upperBound - position)
                let bytes = try? session.memory.copyBytes(at: VirtualAddress(position), count: Int(count))
                if let bytes {
                    try search(carried + bytes, at: position &- UInt64(carried.count), found)
                    carried = Array((carried + bytes).suffix(pattern.count - 1))
                } else {
                    carried = []
                }
                let (next, overflow) = position.addingReportingOverflow(count)
                guard !overflow else { return }
                position = next
                expected = next
            }
        }
    }

    private func search(_ window: [UInt8], at start: UInt64, _ found: (UInt64) throws(CommandError) -> Void)
        throws(CommandError)
    {
        guard let first = pattern.first, window.count >= pattern.count else { return }
        for index in 0...(window.count - pattern.count) where window[index] == first {
            let address = start &+ UInt64(index)
            guard address % alignment == 0, window[index...].starts(with: pattern) else { continue }
            try found(address)
        }
    }

    /// The range itself, or what of it is mapped where it is very wide.
    private func pieces(from start: UInt64, to end: UInt64) -> [Range<UInt64>] {
        guard start < end else { return [] }
        guard end - start > Self.directByteCount else { return [start..<end] }
        let regions = session.memory.addressSpace.mappedRegions(
            in: VirtualAddress(start)..<VirtualAddress(end), limit: Self.regionLimit)
        return regions.compactMap { region in
            let (last, overflow) = region.start.rawValue.addingReportingOverflow(UInt64(MappedRegion.byteCount))
            let lower = max(region.start.rawValue, start)
            let upper = min(overflow ? .max : last, end)
            return lower < upper ? lower..<upper : nil
        }
    }
}
