public import BinaryReading
public import KernelObjects

extension Comparison {
    /// What makes a process the same in both dumps: ids are used again, together with the time they are not.
    public struct ProcessKey: Hashable, Sendable {
        /// Its id.
        public let processID: UInt64
        /// When it was made.
        public let created: FileTime?

        init(_ process: Process) {
            processID = process.processID
            created = process.created
        }
    }

    /// What makes a logon session the same in both dumps.
    public struct SessionKey: Hashable, Sendable {
        /// Its LUID, which containers may use again.
        public let luid: LUID
        /// The job of its container.
        public let silo: VirtualAddress?

        init(_ session: LogonSession) {
            luid = session.luid
            silo = session.serverSilo
        }
    }

    /// What makes a token the same in both dumps.
    public struct TokenKey: Hashable, Sendable {
        /// Where it lies.
        public let address: VirtualAddress
        /// Its id.
        public let tokenID: LUID

        init(_ token: Token) {
            address = token.address
            tokenID = token.tokenID
        }
    }

    /// A holder that both dumps may have.
    public enum HolderKey: Hashable, Sendable {
        /// A process.
        case process(ProcessKey)
        /// The kernel.
        case kernel
        /// A session's own cached token.
        case itself
        /// Nobody that was found.
        case unknown
    }

    /// Where tokens are made: the process and the kernel's part of the stack.
    public struct CreationKey: Hashable, Sendable {
        /// Process id of the creating threads.
        public let processID: UInt64
        /// Image name as recorded.
        public let imageName: String
        /// Which kernel routine made them.
        public let method: TokenCreation.Method
        /// Return addresses in the kernel, innermost first.
        public let trace: [VirtualAddress]

        init(_ creation: TokenCreation) {
            processID = creation.processID
            imageName = creation.imageName
            method = creation.method
            trace = Array(creation.trace.prefix(while: \.isKernel))
        }
    }
}

extension Analysis {
    /// A holder in a form that does not depend on this dump's positions.
    func key(of holder: Holder) -> Comparison.HolderKey {
        switch holder {
        case .process(let position):
            snapshot.processes.indices.contains(position)
                ? .process(Comparison.ProcessKey(snapshot.processes[position])) : .unknown
        case .kernel: .kernel
        case .itself: .itself
        case .unknown: .unknown
        }
    }
}
