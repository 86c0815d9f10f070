import BinaryReading
import KernelObjects

/// Who holds each token: by its own pins, and through trust links by the holders of the linking tokens.
struct HolderResolution {
    /// Most holders that are kept of one token; no real token has more than a handful.
    static let maximumHolders = 1_000

    /// The holders of each token, sorted.
    private(set) var holders: [[Holder]]
    private let index: SnapshotIndex

    init(_ index: SnapshotIndex, pins: [[Pin]], processPins: ProcessPins) {
        self.index = index
        holders = []
        holders.reserveCapacity(pins.count)
        for (position, token) in index.snapshot.tokens.enumerated() {
            var direct: Set<Holder> = []
            for pin in pins[position] { direct.formUnion(resolve(pin, of: token, processPins)) }
            let handlesSeen = pins[position].count { $0.kind == .handle }
            let hidesHandles = (token.handleCount ?? 0) > 0 && handlesSeen == 0
            let isLinked = pins[position].contains { $0.kind == .trustLink }
            if hidesHandles, index.handles != nil || (direct.isEmpty && !isLinked) { direct.insert(.unknown) }
            holders.append(direct.sorted())
        }
        followTrustLinks()
    }

    private func resolve(_ pin: Pin, of token: Token, _ processPins: ProcessPins) -> [Holder] {
        switch pin.kind {
        case .handle: return [pin.handleOwner]
        case .kernelReferences: return [.kernel]
        case .primaryToken:
            guard let process = pin.process else { return [.unknown] }
            return pin.hasExited == true ? processPins.holdersOfExited[process] ?? [.unknown] : [.process(process)]
        case .impersonation:
            guard let process = pin.process else { return [.unknown] }
            guard pin.hasExited == true, let thread = pin.thread else { return [.process(process)] }
            return processPins.holders(ofThread: thread)
        case .sessionCache:
            guard let session = pin.session, let position = index.tokenAt[token.address] else { return [] }
            return token.isReferencingSession && index.sessionOfToken[position] == session ? [.itself] : []
        case .trustLink, .processHandle, .threadHandle: return []
        }
    }

    /// Every token links to one other at most, so that links form chains that may end in a ring: chains are followed from their
    /// starts; in a ring everybody has the holders of all.
    private mutating func followTrustLinks() {
        let target = index.snapshot.tokens.map { $0.trustLinkedToken.flatMap { index.tokenAt[$0] } }
        var waiting = Array(repeating: 0, count: target.count)
        for next in target { if let next { waiting[next] += 1 } }
        var ready = target.indices.filter { waiting[$0] == 0 && target[$0] != nil }
        while let position = ready.popLast() {
            guard let next = target[position] else { continue }
            holders[next] = Self.union(holders[next], holders[position])
            waiting[next] -= 1
            if waiting[next] == 0 { ready.append(next) }
        }
        for start in target.indices where waiting[start] > 0 {
            var ring: [Int] = []
            var cursor = start
            while waiting[cursor] > 0, let next = target[cursor] {
                waiting[cursor] = 0
                ring.append(cursor)
                cursor = next
            }
            let all = ring.reduce([]) { Self.union($0, holders[$1]) }
            for member in ring { holders[member] = all }
        }
    }

    private static func union(_ left: [Holder], _ right: [Holder]) -> [Holder] {
        if right.isEmpty || left == right { return left }
        return Array(Set(left).union(right).sorted().prefix(maximumHolders))
    }
}
