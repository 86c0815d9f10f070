import BinaryReading
import KernelObjects

/// Who holds each token: by its own pins, and through trust links by the holders of the linking tokens.
struct HolderResolution {
    /// Most holders that are kept of one token; no real token has more than a handful.
    static let maximumHolders = 1_000

    /// The holders of each token, sorted.
    private(set) var holders: [[Holder]]
    private let index: SnapshotIndex
    /// One list for each set of holders: most tokens have one of few.
    private var shared: Set<[Holder]> = []
    private var sole: HolderTable<[Holder]>
    /// The last token that each holder was found for, so that none is found twice.
    private var lastToken: HolderTable<Int>

    init(_ index: SnapshotIndex, pins: TokenPins, processPins: ProcessPins) {
        self.index = index
        let processCount = index.snapshot.processes.count
        sole = HolderTable(processCount: processCount, repeating: [])
        lastToken = HolderTable(processCount: processCount, repeating: -1)
        holders = []
        holders.reserveCapacity(index.snapshot.tokens.count)
        var found: [Holder] = []
        for position in index.snapshot.tokens.indices {
            found.removeAll(keepingCapacity: true)
            collect(of: position, pins[position], processPins, into: &found)
            holders.append(list(of: found))
        }
        followTrustLinks()
    }

    /// Who holds a token by its own pins, each once.
    private mutating func collect(
        of position: Int, _ pins: ArraySlice<Pin>, _ processPins: ProcessPins, into found: inout [Holder]
    ) {
        var hasHandles = false
        var isLinked = false
        for pin in pins {
            switch pin.kind {
            case .handle:
                hasHandles = true
                add(pin.handleOwner, to: &found, position)
            case .kernelReferences: add(.kernel, to: &found, position)
            case .primaryToken, .impersonation:
                for holder in user(by: pin, processPins) { add(holder, to: &found, position) }
            case .sessionCache:
                if let session = pin.session, isSelfPinned(position, by: session) { add(.itself, to: &found, position) }
            case .trustLink: isLinked = true
            case .processHandle, .threadHandle: break
            }
        }
        let hidesHandles = !hasHandles && (index.snapshot.tokens[position].handleCount ?? 0) > 0
        if hidesHandles, index.handlesWereRead || (found.isEmpty && !isLinked) { add(.unknown, to: &found, position) }
    }

    private mutating func add(_ holder: Holder, to found: inout [Holder], _ position: Int) {
        guard lastToken[holder] != position else { return }
        lastToken[holder] = position
        found.append(holder)
    }

    /// The one list of these holders, sorted.
    private mutating func list(of found: [Holder]) -> [Holder] {
        guard let first = found.first else { return [] }
        if found.count == 1 {
            if sole[first].isEmpty { sole[first] = [first] }
            return sole[first]
        }
        return shared.insert(found.sorted()).memberAfterInsert
    }

    /// Who holds by a process's primary token or by a thread that impersonates.
    private func user(by pin: Pin, _ processPins: ProcessPins) -> [Holder] {
        guard let process = pin.process else { return [.unknown] }
        guard pin.hasExited == true else { return [.process(process)] }
        guard pin.kind == .impersonation else { return processPins.holdersOfExited[process] ?? [.unknown] }
        return pin.thread.map { processPins.holders(ofThread: $0) } ?? [.process(process)]
    }

    private func isSelfPinned(_ position: Int, by session: Int) -> Bool {
        index.snapshot.tokens[position].isReferencingSession && index.sessionOfToken[position] == session
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
