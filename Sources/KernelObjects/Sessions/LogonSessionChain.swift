import AddressTranslation
import BinaryReading

/// One chain of `SepLogonSessions`, followed by `Next` from an entry, and where it broke.
struct LogonSessionChain: Sendable {
    /// Why a chain ended before its null pointer.
    struct Break: Sendable {
        let address: VirtualAddress
        let why: String
    }

    /// What was read, in chain order.
    private(set) var sessions: [LogonSession] = []
    /// Where it broke; nil where it ended as it should.
    private(set) var end: Break?
    /// The bucket that it belongs to, where that is known.
    private(set) var bucket: Int?

    /// No machine has so many sessions.
    static let sessionLimit = 4_000_000
    static let limitText = "there are more than \(sessionLimit) entries"
    static let returnText = "the chain comes back to an entry it has passed"

    /// Follows a chain.
    ///
    /// - Parameter known: Sessions at which the chain may stop, since others have reached them.
    init(
        from first: VirtualAddress, origin: LogonSession.Origin, _ reading: LogonSessionReading,
        knownUpTo known: [VirtualAddress: LogonSession] = [:]
    ) {
        bucket = if case .chain(let bucket) = origin { bucket } else { nil }
        end = follow(from: first, origin: origin, reading, known)
    }

    private mutating func follow(
        from first: VirtualAddress, origin: LogonSession.Origin, _ reading: LogonSessionReading,
        _ known: [VirtualAddress: LogonSession]
    ) -> Break? {
        var seen = PositionTable()
        var current = first
        while !current.isNull {
            guard LogonSessionReading.isPlausible(current) else {
                return Break(address: current, why: "no entry can be there")
            }
            guard seen[current] == nil else { return Break(address: current, why: Self.returnText) }
            guard known[current] == nil else { return nil }
            guard sessions.count < Self.sessionLimit else { return Break(address: current, why: Self.limitText) }
            let fields: LogonSessionLayout.Fields
            do throws(TranslationError) { fields = try reading.fields(at: current) } catch {
                return Break(address: current, why: error.reasonText)
            }
            let buckets = Self.buckets(of: fields.luid)
            guard bucket.map(buckets.contains) ?? true else {
                return Break(address: current, why: "LUID \(fields.luid) does not belong in this chain")
            }
            seen[current] = sessions.count
            sessions.append(reading.session(at: current, fields, origin: origin))
            if bucket == nil, buckets.low == buckets.multiplied { bucket = buckets.low }
            current = fields.next
        }
        return nil
    }

    /// The buckets in which builds put a LUID: by its low four bits, or by a multiplication (`sessions.md` §1).
    private struct Buckets {
        let low: Int
        let multiplied: Int

        func contains(_ bucket: Int) -> Bool { bucket == low || bucket == multiplied }
    }

    private static func buckets(of luid: LUID) -> Buckets {
        let low = UInt32(truncatingIfNeeded: luid.rawValue)
        return Buckets(low: Int(low & 0xF), multiplied: Int((low &* 0x5B25_0A24) >> 28))
    }
}
