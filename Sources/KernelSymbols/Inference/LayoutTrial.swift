import AddressTranslation
import BinaryReading
import KernelProfiles

/// One borrowed layout, tried on the dump: finds the kernel's variables by it and counts what fits.
struct LayoutTrial {
    let candidate: LayoutCandidate
    let agreement: StatedSizes.Agreement?
    let ground: InferenceGround
    let probe: ObjectProbe
    var tally = CheckTally()
    /// RVA of each symbol found, with how.
    private(set) var symbols: [String: (rva: UInt32, how: String)] = [:]

    var systemProcess = VirtualAddress.null
    /// Addresses of the processes that are looked at.
    var processes: [VirtualAddress] = []
    var types = TypeTable()
    var sessions: [VirtualAddress: UInt64] = [:]
    /// Tokens whose session and token agree on each other.
    var tokens: [VirtualAddress] = []
    var recordsCreators: Bool?

    /// Objects of one kind that are looked at: enough to tell a right layout from a wrong one.
    static let sampleCount = 256

    /// - Parameter memory: Reads as the candidate's kernel writes page-table entries.
    init(
        _ candidate: LayoutCandidate, agreement: StatedSizes.Agreement?, ground: InferenceGround, memory: VirtualMemory
    ) {
        self.candidate = candidate
        self.agreement = agreement
        self.ground = ground
        probe = ObjectProbe(memory: memory, layout: candidate.layout)
    }

    var memory: VirtualMemory { probe.memory }
    var layout: InferenceLayout { candidate.layout }

    /// Puts down where a symbol lies; addresses outside of the image are none of its symbols.
    mutating func note(_ symbol: String, at address: VirtualAddress, _ how: String) {
        guard let rva = ground.place.rva(of: address) else { return }
        symbols[symbol] = (rva, how)
    }

    /// Address of a symbol that was found.
    func address(of symbol: String) -> VirtualAddress? { symbols[symbol].map { ground.place.base + Int($0.rva) } }

    /// Finds what proves or refutes the layout, in the order in which one thing leads to the next.
    mutating func run() throws(LayoutRefusal) {
        try findProcesses()
        try findTypes()
        try checkTokens()
        try findSessionTable()
        checkHandleTables()
        checkThreads()
        checkCreations()
        checkDetails()
        findModules()
        if let refuted = tally.refuted {
            throw LayoutRefusal("\(refuted.question): not so in \(refuted.failed) of \(refuted.held + refuted.failed)")
        }
    }
}
