import BinaryReading
import KernelObjects

/// What keeps each token alive: the pins of all tokens in one flat array, those of one token side by side.
struct TokenPins: Sendable {
    private var pins: [Pin] = []
    /// Where the pins of each token begin; one more entry tells where the last ones end.
    private var starts: [Int] = []
    /// References to each token that nothing found explains; nil where handles may exist that were not seen.
    private(set) var kernelReferences: [Int64?] = []
    /// Handles to tokens, readable or listed, by owner. What an unreadable object was is not known.
    private(set) var handleCounts: HolderTable<Int>
    /// Pins of addresses that are listed as tokens and cannot be read.
    private var unreadable: [VirtualAddress: [Pin]] = [:]
    private var cachedByLostSessions: Set<Int> = []

    init(_ index: SnapshotIndex) {
        handleCounts = HolderTable(processCount: index.snapshot.processes.count, repeating: 0)
        var sums = Array(repeating: Sums(), count: index.snapshot.tokens.count)
        let owners = assign(index, to: &sums)
        kernelReferences = sums.indices.map { rest(of: $0, sums[$0], index) }
        place(index, sums: sums, owners: owners)
    }

    /// The pins of a token by its position.
    subscript(token: Int) -> ArraySlice<Pin> { pins[starts[token]..<starts[token + 1]] }

    /// The pins of a listed address that cannot be read as a token.
    func pins(ofUnreadable address: VirtualAddress) -> [Pin] { unreadable[address] ?? [] }

    /// What was found of one token.
    private struct Sums {
        var pins: Int32 = 0
        var handles: Int32 = 0
        var references: Int64 = 0
    }

    /// Counts the pins of every token, and tells the position of the token of each pin; negative where it was not read.
    private mutating func assign(_ index: SnapshotIndex, to sums: inout [Sums]) -> [Int32] {
        var owners: [Int32] = []
        Self.forEachPin(index) { address, pin in
            let token = index.tokenAt[address]
            owners.append(token.map { Int32(truncatingIfNeeded: $0) } ?? -1)
            if let token {
                sums[token].pins += 1
                sums[token].references &+= pin.pointerReferences
                if pin.kind == .handle { sums[token].handles += 1 }
            } else {
                guard index.snapshot.unreadableTokens.contains(address) else { return }
                unreadable[address, default: []].append(pin)
            }
            if pin.kind == .handle { handleCounts[pin.handleOwner] += 1 }
        }
        return owners
    }

    /// What remains of a token's references.
    private mutating func rest(of token: Int, _ sums: Sums, _ index: SnapshotIndex) -> Int64? {
        let read = index.snapshot.tokens[token]
        let references = LeakAnalysis.kernelReferences(
            pointerCount: read.pointerCount, handleCount: read.handleCount, handles: Int(sums.handles),
            explained: sums.references)
        guard sums.pins == 0, references == 1, index.isCachedByLostSession(token) else { return references }
        cachedByLostSessions.insert(token)
        return 0
    }

    /// The pin that stands for what remains.
    private func restPin(of token: Int) -> Pin? {
        if cachedByLostSessions.contains(token) { return Pin(.sessionCache) }
        guard let references = kernelReferences[token], references > 0 else { return nil }
        return Pin(.kernelReferences, pointerReferences: references)
    }

    private mutating func place(_ index: SnapshotIndex, sums: [Sums], owners: [Int32]) {
        starts.reserveCapacity(sums.count + 1)
        var end = 0
        for (token, sum) in sums.enumerated() {
            starts.append(end)
            end += Int(sum.pins) + (restPin(of: token) == nil ? 0 : 1)
        }
        starts.append(end)
        pins = Array(repeating: Pin(.kernelReferences), count: end)
        var next = starts
        var number = 0
        Self.forEachPin(index) { _, pin in
            let token = Int(owners[number])
            number += 1
            guard token >= 0 else { return }
            pins[next[token]] = pin
            next[token] += 1
        }
        for token in sums.indices {
            if let pin = restPin(of: token) { pins[next[token]] = pin }
        }
    }

    /// Visits everything that refers to a token: handles, primary tokens, impersonations, caches and links, always in the same order.
    private static func forEachPin(_ index: SnapshotIndex, _ body: (_ token: VirtualAddress, Pin) -> Void) {
        index.forEachHandle(to: .token) {
            body($0.object, Pin($0, kind: .handle, process: index.processAt[$0.process]))
        }
        for (position, process) in index.snapshot.processes.enumerated() {
            guard let token = process.primaryToken else { continue }
            var pin = Pin(
                .primaryToken, process: position, pointerReferences: Int64(process.primaryTokenFastReferences) + 1)
            pin.hasExited = process.hasExited
            body(token, pin)
        }
        forEachImpersonation(index, body)
        for (position, session) in index.snapshot.logonSessions.enumerated() {
            guard let token = session.cachedToken else { continue }
            var pin = Pin(.sessionCache)
            pin.session = position
            body(token, pin)
        }
        for token in index.snapshot.tokens {
            guard let linked = token.trustLinkedToken else { continue }
            var pin = Pin(.trustLink)
            pin.token = token.address
            body(linked, pin)
        }
    }

    private static func forEachImpersonation(_ index: SnapshotIndex, _ body: (_ token: VirtualAddress, Pin) -> Void) {
        for thread in index.snapshot.threads {
            guard thread.impersonationToken != nil || thread.adjustedClientToken != nil else { continue }
            let process = index.processAt[thread.process]
            var pin = Pin(.impersonation, process: process)
            pin.thread = thread.address
            pin.threadID = thread.threadID
            pin.hasExited = thread.hasExited || (process.map { index.snapshot.processes[$0].hasExited } ?? false)
            switch (thread.impersonationToken, thread.adjustedClientToken) {
            case (let token?, let adjusted?) where token == adjusted:
                pin.pointerReferences = 2
                body(token, pin)
            case (let token, let adjusted):
                if let token { body(token, pin) }
                if let adjusted { body(adjusted, pin) }
            }
        }
    }
}
