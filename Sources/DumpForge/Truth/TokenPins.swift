/// Who keeps each token of a model: pins, and the holders that follow from them.
struct TokenPins {
    typealias Pin = ForgedTruth.Pin

    private let model: MachineModel
    private(set) var pins: [[Pin]]
    /// Handles to each token whose table page is gone.
    private(set) var unseen: [Int]
    /// Who holds handles to each process or its threads.
    private(set) var processPins: [[ForgedTruth.ProcessPin]]
    /// Holders of handles to each thread.
    private var threadHolders: [UInt32: Set<String>] = [:]
    private let images: [UInt32: String]
    /// Tokens that link to each token.
    private let linking: [Int: [Int]]

    init(model: MachineModel, addresses: MachineAddresses) {
        self.model = model
        images = Dictionary(model.processes.map { ($0.id, $0.image) }, uniquingKeysWith: { first, _ in first })
        linking = Dictionary(
            grouping: model.tokens.indices.filter { model.tokens[$0].trustLink != nil },
            by: { model.tokens[$0].trustLink ?? $0 })
        pins = Array(repeating: [], count: model.tokens.count)
        unseen = Array(repeating: 0, count: model.tokens.count)
        processPins = Array(repeating: [], count: model.processes.count)
        for process in model.processes where process.exited == nil { addHandles(of: process) }
        addPointers(addresses)
    }

    private mutating func addHandles(of process: ModelProcess) {
        for handle in process.handles {
            let isKernel = handle.value > 0xFFFF_FFFF
            let isLost = process.lostHandlePages.contains(Int((handle.value & 0x7FFF_FFFF) / 0x400))
            switch handle.object {
            case .token(let number):
                if isLost {
                    unseen[number] += 1
                } else {
                    pins[number].append(
                        .handle(
                            processID: process.id, handle: handle.value, access: handle.access, isKernel: isKernel))
                }
            case .process(let number) where !isLost:
                processPins[number].append(.processHandle(processID: process.id, handle: handle.value))
            case .thread(let number) where !isLost:
                let thread = model.threads[number]
                threadHolders[thread.id, default: []].insert(isKernel ? "kernel" : name(of: process.id))
                processPins[thread.process].append(
                    .threadHandle(processID: process.id, handle: handle.value, threadID: thread.id))
            case .process, .thread, .other: break
            }
        }
    }

    private mutating func addPointers(_ addresses: MachineAddresses) {
        for (number, process) in model.processes.enumerated() {
            pins[process.token].append(.primaryToken(processID: process.id, exited: process.exited != nil))
            if process.kernelReferences > 0, process.exited != nil {
                processPins[number].append(.kernelReferences(count: process.kernelReferences))
            }
        }
        for thread in model.threads {
            guard let token = thread.impersonation else { continue }
            pins[token].append(
                .impersonation(
                    processID: model.processes[thread.process].id, threadID: thread.id, exited: thread.isExited))
        }
        for session in model.logonSessions {
            if let cached = session.cachedToken { pins[cached].append(.sessionCache) }
        }
        for (number, token) in model.tokens.enumerated() {
            if let linked = token.trustLink { pins[linked].append(.trustLink(token: addresses.tokens[number])) }
            if token.kernelReferences > 0 { pins[number].append(.kernelReferences(count: token.kernelReferences)) }
        }
    }

    /// Who must let go of a token (design §1).
    func holders(of number: Int) -> Set<String> {
        var holders: Set<String> = []
        for pin in pins[number] {
            switch pin {
            case .handle(let process, _, _, let isKernel): holders.insert(isKernel ? "kernel" : name(of: process))
            case .primaryToken(let process, false), .impersonation(let process, _, false):
                holders.insert(name(of: process))
            case .primaryToken(let process, true): holders.formUnion(holdersOfExited(process))
            case .impersonation(_, let thread, true): holders.formUnion(threadHolders[thread] ?? ["kernel"])
            case .kernelReferences: holders.insert("kernel")
            case .sessionCache: if model.tokens[number].isReferencing { holders.insert("self") }
            case .trustLink: holders.formUnion(holdersOfLinking(number))
            }
        }
        if unseen[number] > 0 { holders.insert("unknown") }
        return holders
    }

    private func holdersOfLinking(_ number: Int) -> Set<String> {
        (linking[number] ?? []).filter { $0 != number }.reduce(into: []) { $0.formUnion(holders(of: $1)) }
    }

    /// Who keeps an exited process.
    func holdersOfExited(_ id: UInt32) -> Set<String> {
        guard let number = model.processes.firstIndex(where: { $0.id == id }) else { return ["kernel"] }
        var holders: Set<String> = []
        for pin in processPins[number] {
            switch pin {
            case .processHandle(let process, let handle), .threadHandle(let process, let handle, _):
                holders.insert(handle > 0xFFFF_FFFF ? "kernel" : name(of: process))
            case .kernelReferences: holders.insert("kernel")
            }
        }
        return holders.isEmpty ? ["kernel"] : holders
    }

    private func name(of id: UInt32) -> String {
        "\(id):\(images[id] ?? "?")"
    }
}
