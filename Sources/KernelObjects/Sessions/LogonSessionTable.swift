import AddressTranslation
import BinaryReading

/// Walks the sixteen chains of `SepLogonSessions` (`sessions.md` §1), and chains that only a token's pointer reaches.
struct LogonSessionTable {
    private let context: ReadingContext
    private let reading: LogonSessionReading
    /// Sessions found so far, by address of their entry.
    private(set) var sessions: [VirtualAddress: LogonSession] = [:]
    /// The same addresses, for those who only ask whether a session is known: once for every token.
    private var known = PositionTable()
    /// Chain heads that could be read.
    private(set) var chainsRead = 0
    /// Chains that ended in a null pointer.
    private(set) var chainsComplete = 0
    /// Sessions that came since ``takeNewSessions()`` was called.
    private var newSessions: [VirtualAddress] = []

    /// Lists in the table; in no symbol or type, but constant in the code of every build that was read.
    static let chainCount = 16

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
        var heads: [(bucket: Int, first: VirtualAddress)] = []
        for bucket in 0..<Self.chainCount {
            let slot = table + 8 * bucket
            do throws(TranslationError) { heads.append((bucket, try memory.loadAddress(at: slot))) } catch {
                context.note(
                    .logonSessions, "chain \(bucket) of SepLogonSessions", at: slot, why: error.reasonText,
                    limits: "sessions of this chain are found through their tokens only")
            }
        }
        chainsRead = heads.count
        let layout = reading.layout
        let chains = readConcurrently(heads, in: context) {
            LogonSessionReading($0, layout)
        } _: { reading, head in
            LogonSessionChain(from: head.first, origin: .chain(bucket: head.bucket), reading)
        }
        for chain in chains where take(chain) { chainsComplete += 1 }
    }

    /// The sessions that came since the last call, by address.
    mutating func takeNewSessions() -> [LogonSession] {
        defer { newSessions = [] }
        return newSessions.sorted().compactMap { sessions[$0] }
    }

    /// Takes in the entry that a token's `LogonSession` points to, and what hangs on its chain, where no chain has reached it.
    ///
    /// The pointer of a token that does not reference its session may dangle: it counts only where the entry names that token as its own.
    mutating func add(reachedFrom token: Token) {
        guard let address = token.logonSession, known[address] == nil, LogonSessionReading.isPlausible(address),
            let fields = try? reading.fields(at: address), fields.luid == token.authenticationID,
            fields.referenceCount > 0, token.isReferencingSession || fields.token == token.address
        else { return }
        _ = take(LogonSessionChain(from: address, origin: .tokenPointer, reading, knownUpTo: sessions))
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
        var identities: [Identity: LogonSession] = [:]
        for session in sessions.values { identities[Identity(luid: session.luid, silo: session.serverSilo)] = session }
        for address in unknown {
            guard let fields = try? reading.fields(at: address), fields.referenceCount > 0, let buddy = fields.buddy,
                identities[Identity(luid: fields.luid, silo: fields.serverSilo)] == nil,
                identities[Identity(luid: buddy, silo: fields.serverSilo)]?.buddy == fields.luid
            else { continue }
            sessions[address] = reading.session(at: address, fields, origin: .poolScan)
            known[address] = sessions.count
            newSessions.append(address)
        }
    }

    /// Takes in what was found along a chain, up to an entry that another chain has reached.
    ///
    /// - Returns: Whether the chain ended as it should, in a null pointer.
    private mutating func take(_ chain: LogonSessionChain) -> Bool {
        for session in chain.sessions {
            guard sessions[session.address] == nil else {
                // A chain that only a token reached runs into one that is known already: nothing is missing.
                if case .tokenPointer = session.origin { return true }
                return noteBreak(
                    at: session.address, bucket: chain.bucket, why: LogonSessionChain.returnText)
            }
            guard sessions.count < LogonSessionChain.sessionLimit else {
                return noteBreak(at: session.address, bucket: chain.bucket, why: LogonSessionChain.limitText)
            }
            sessions[session.address] = session
            known[session.address] = sessions.count
            newSessions.append(session.address)
        }
        guard let end = chain.end else { return true }
        return noteBreak(at: end.address, bucket: chain.bucket, why: end.why)
    }

    private func noteBreak(at address: VirtualAddress, bucket: Int?, why: String) -> Bool {
        let chain = bucket.map { "chain \($0) of SepLogonSessions" } ?? "chain reached through a token"
        context.note(
            .logonSessions, chain, at: address, why: why,
            limits: "sessions behind this entry are found through their tokens only")
        return false
    }
}
