import AddressTranslation
import BinaryReading

/// Walks the sixteen chains of `SepLogonSessions` (`sessions.md` §1), and chains that only a token's pointer reaches.
struct LogonSessionTable {
    private let context: ReadingContext
    private let reading: LogonSessionReading
    /// Sessions found so far, by address of their entry.
    private(set) var sessions: [VirtualAddress: LogonSession] = [:]
    /// Chain heads that could be read.
    private(set) var chainsRead = 0
    /// Chains that ended in a null pointer.
    private(set) var chainsComplete = 0

    /// Lists in the table; in no symbol or type, but constant in the code of every build that was read.
    static let chainCount = 16
    private static let sessionLimit = 4_000_000

    init(_ context: ReadingContext) throws(LayoutError) {
        self.context = context
        reading = try LogonSessionReading(context)
    }

    /// Walks all sixteen chains.
    mutating func readChains() {
        let memory = context.memory
        let limits = "the session table cannot be read; sessions are found through tokens only"
        guard let variable = context.address(of: "SepLogonSessions") else {
            context.note(
                .logonSessions, "SepLogonSessions", at: nil, why: "the symbols do not have it", limits: limits)
            return
        }
        let table: VirtualAddress
        do throws(TranslationError) { table = try memory.loadAddress(at: variable) } catch {
            context.note(.logonSessions, "SepLogonSessions", at: variable, why: error.reasonText, limits: limits)
            return
        }
        for bucket in 0..<Self.chainCount {
            let slot = table + 8 * bucket
            do throws(TranslationError) {
                let first = try memory.loadAddress(at: slot)
                chainsRead += 1
                if walkChain(from: first, origin: .chain(bucket: bucket)) { chainsComplete += 1 }
            } catch {
                context.note(
                    .logonSessions, "chain \(bucket) of SepLogonSessions", at: slot, why: error.reasonText,
                    limits: "sessions of this chain are found through their tokens only")
            }
        }
    }

    /// Takes in the entry that a token's `LogonSession` points to, and what hangs on its chain, where no chain has reached it.
    ///
    /// The pointer of a token that does not reference its session may dangle: it counts only where the entry names that token as its own.
    mutating func add(reachedFrom token: Token) {
        guard let address = token.logonSession, sessions[address] == nil, LogonSessionReading.isPlausible(address),
            let fields = try? reading.fields(at: address), fields.luid == token.authenticationID,
            fields.referenceCount > 0, token.isReferencingSession || fields.token == token.address
        else { return }
        _ = walkChain(from: address, origin: .tokenPointer)
    }

    /// Takes in entries that a scan of the pool found: those that a session of the table names as its other half, and that name it back.
    ///
    /// A freed block keeps its contents, so that an entry without any token or other half proves nothing.
    mutating func add(poolCandidates addresses: [VirtualAddress]) {
        struct Identity: Hashable {
            let luid: LUID
            let silo: VirtualAddress?
        }
        let unknown = addresses.filter { sessions[$0] == nil && LogonSessionReading.isPlausible($0) }
        guard !unknown.isEmpty else { return }
        var known: [Identity: LogonSession] = [:]
        for session in sessions.values { known[Identity(luid: session.luid, silo: session.serverSilo)] = session }
        for address in unknown {
            guard let fields = try? reading.fields(at: address), fields.referenceCount > 0, let buddy = fields.buddy,
                known[Identity(luid: fields.luid, silo: fields.serverSilo)] == nil,
                known[Identity(luid: buddy, silo: fields.serverSilo)]?.buddy == fields.luid
            else { continue }
            sessions[address] = reading.session(at: address, fields, origin: .poolScan)
        }
    }

    /// Follows `Next` from an entry.
    ///
    /// - Returns: Whether the chain ended as it should, in a null pointer.
    private mutating func walkChain(from first: VirtualAddress, origin: LogonSession.Origin) -> Bool {
        var current = first
        var bucket: Int? = if case .chain(let bucket) = origin { bucket } else { nil }
        while !current.isNull {
            guard LogonSessionReading.isPlausible(current) else {
                return noteBreak(at: current, bucket: bucket, why: "no entry can be there")
            }
            guard sessions[current] == nil else {
                // A chain that only a token reached runs into one that is known already: nothing is missing.
                if case .tokenPointer = origin { return true }
                return noteBreak(at: current, bucket: bucket, why: "the chain comes back to an entry it has passed")
            }
            guard sessions.count < Self.sessionLimit else {
                return noteBreak(at: current, bucket: bucket, why: "there are more than \(Self.sessionLimit) entries")
            }
            let fields: LogonSessionLayout.Fields
            do throws(TranslationError) { fields = try reading.fields(at: current) } catch {
                return noteBreak(at: current, bucket: bucket, why: error.reasonText)
            }
            let buckets = Self.buckets(of: fields.luid)
            guard bucket.map(buckets.contains) ?? true else {
                return noteBreak(at: current, bucket: bucket, why: "LUID \(fields.luid) does not belong in this chain")
            }
            sessions[current] = reading.session(at: current, fields, origin: origin)
            if bucket == nil, buckets.count == 1 { bucket = buckets.first }
            current = fields.next
        }
        return true
    }

    /// The buckets in which builds put a LUID: by its low four bits, or by a multiplication (`sessions.md` §1).
    private static func buckets(of luid: LUID) -> Set<Int> {
        let low = UInt32(truncatingIfNeeded: luid.rawValue)
        return [Int(low & 0xF), Int((low &* 0x5B25_0A24) >> 28)]
    }

    private func noteBreak(at address: VirtualAddress, bucket: Int?, why: String) -> Bool {
        let chain = bucket.map { "chain \($0) of SepLogonSessions" } ?? "chain reached through a token"
        context.note(
            .logonSessions, chain, at: address, why: why,
            limits: "sessions behind this entry are found through their tokens only")
        return false
    }
}
