import BinaryReading
import KernelObjects

/// Finds what keeps each token and each exited process alive.
struct PinLocator {
    private let index: SnapshotIndex
    private var pins: [VirtualAddress: [Pin]] = [:]

    init(_ index: SnapshotIndex) {
        self.index = index
        collectHandles()
        collectPrimaryTokens()
        collectImpersonations()
        collectCaches()
        collectTrustLinks()
    }

    /// The pins of the object at an address, without the kernel's references.
    func located(at address: VirtualAddress) -> [Pin] { pins[address] ?? [] }

    /// References that nothing found explains (rule R10): known only where every handle to the object was seen.
    ///
    /// While handle tables are not read, only a `HandleCount` of 0 proves that.
    func kernelReferences(pointerCount: Int64?, handleCount: Int64?, pins: [Pin], others: Int64 = 0) -> Int64? {
        guard let pointerCount, let handleCount else { return nil }
        let isHandle: (Pin) -> Bool = { [.handle, .processHandle, .threadHandle].contains($0.kind) }
        guard handleCount == Int64(pins.count(where: isHandle)) else { return nil }
        return pins.reduce(pointerCount &- others) { $0 &- $1.pointerReferences }
    }

    private mutating func add(_ pin: Pin, to address: VirtualAddress) { pins[address, default: []].append(pin) }

    private mutating func collectHandles() {
        for entry in index.handles?.toTokens ?? [] {
            add(Pin(entry, kind: .handle, process: index.processAt[entry.process]), to: entry.object)
        }
    }

    private mutating func collectPrimaryTokens() {
        for (position, process) in index.snapshot.processes.enumerated() {
            guard let token = process.primaryToken else { continue }
            var pin = Pin(
                .primaryToken, process: position, pointerReferences: Int64(process.primaryTokenFastReferences) + 1)
            pin.hasExited = process.hasExited
            add(pin, to: token)
        }
    }

    private mutating func collectImpersonations() {
        for thread in index.snapshot.threads {
            let process = index.processAt[thread.process]
            var pin = Pin(.impersonation, process: process)
            pin.thread = thread.address
            pin.threadID = thread.threadID
            pin.hasExited = thread.hasExited || (process.map { index.snapshot.processes[$0].hasExited } ?? false)
            switch (thread.impersonationToken, thread.adjustedClientToken) {
            case (let token?, let adjusted?) where token == adjusted:
                pin.pointerReferences = 2
                add(pin, to: token)
            case (let token, let adjusted):
                if let token { add(pin, to: token) }
                if let adjusted { add(pin, to: adjusted) }
            }
        }
    }

    private mutating func collectCaches() {
        for (position, session) in index.snapshot.logonSessions.enumerated() {
            guard let token = session.cachedToken else { continue }
            var pin = Pin(.sessionCache)
            pin.session = position
            add(pin, to: token)
        }
    }

    private mutating func collectTrustLinks() {
        for token in index.snapshot.tokens {
            guard let linked = token.trustLinkedToken else { continue }
            var pin = Pin(.trustLink)
            pin.token = token.address
            add(pin, to: linked)
        }
    }
}

extension Pin {
    init(_ entry: ObjectHandle, kind: Kind, process: Int?) {
        self.init(kind, process: process, pointerReferences: entry.pointerReferences)
        handle = entry.value
        access = entry.access
        isKernelHandle = entry.isKernelHandle
    }
}
