public import BinaryReading

/// A thread object (`_ETHREAD`) that impersonates, or did when it died, and every other thread of its process.
public struct Thread: Sendable {
    /// Address of the `_ETHREAD`.
    public let address: VirtualAddress
    /// `Cid.UniqueThread`.
    public let threadID: UInt64
    /// `Cid.UniqueProcess`.
    public let processID: UInt64
    /// Address of the process in whose list it was found.
    public let process: VirtualAddress
    /// Whether it has ended and only its object is left.
    public let hasExited: Bool
    /// The impersonation token, when `ActiveImpersonationInfo` is set; nil otherwise.
    public let impersonationToken: VirtualAddress?
    /// Level of the impersonation, 0...3.
    public let impersonationLevel: UInt8
    /// `AdjustedClientToken`, when impersonating and the kernel has the field; nil otherwise.
    public let adjustedClientToken: VirtualAddress?

    /// Makes a thread of what was read.
    public init(
        address: VirtualAddress, threadID: UInt64, processID: UInt64, process: VirtualAddress, hasExited: Bool,
        impersonationToken: VirtualAddress?, impersonationLevel: UInt8, adjustedClientToken: VirtualAddress?
    ) {
        self.address = address
        self.threadID = threadID
        self.processID = processID
        self.process = process
        self.hasExited = hasExited
        self.impersonationToken = impersonationToken
        self.impersonationLevel = impersonationLevel
        self.adjustedClientToken = adjustedClientToken
    }
}
