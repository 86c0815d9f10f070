import AddressTranslation
import BinaryReading
import KernelProfiles

/// Reads `PsActiveProcessHead`: running processes and those whose object outlived them.
struct ProcessList {
    private let context: ReadingContext
    private let layout: ProcessLayout
    private let objectHeader: ObjectHeaderLayout
    private let types: ObjectTypes

    /// More processes than any machine has (`users-and-practice.md` §1.1 knows 15,846 zombies).
    private static let processLimit = 4_000_000
    private static let pathLimit = 0x1000

    init(_ context: ReadingContext, types: ObjectTypes) throws(LayoutError) {
        self.context = context
        self.types = types
        layout = try ProcessLayout(context.profile)
        objectHeader = try ObjectHeaderLayout(context.profile)
    }

    /// What the walk found.
    struct Outcome {
        /// By address.
        var processes: [Process] = []
        var isComplete = false
        /// Entries of the list that could not be read as processes.
        var unreadable = 0
    }

    /// All processes of the list.
    func read() -> Outcome {
        var outcome = Outcome()
        guard let head = context.address(of: "PsActiveProcessHead") else { return outcome }
        let walk = ListWalk(head: head, in: context.memory, limit: Self.processLimit)
        outcome.isComplete = walk.isComplete
        if walk.end != .closed {
            context.note(
                .processes, "PsActiveProcessHead", at: head, why: walk.end.text,
                limits: walk.isComplete
                    ? "nothing: the other direction of the list shows all processes"
                    : "processes may be missing, and with them what they hold")
        }
        for node in walk.nodes {
            let address = node - layout.links
            switch process(at: address) {
            case .success(let process): outcome.processes.append(process)
            case .failure(let failure):
                outcome.unreadable += 1
                context.note(
                    .processes, "_EPROCESS", at: address, why: failure.why,
                    limits: "this process and what it holds are missing from the answer")
            }
        }
        outcome.processes.sort { $0.address < $1.address }
        return outcome
    }

    /// Processes among what a scan of the pool found that no list shows.
    func processes(amongCandidates candidates: [VirtualAddress], known: [Process]) -> [Process] {
        let listed = Set(known.map(\.address))
        return candidates.filter { !listed.contains($0) }.compactMap { candidate in
            guard case .success(var process) = process(at: candidate), process.isPlausible else { return nil }
            process.isListed = false
            context.note(
                .processes, "process outside PsActiveProcessHead", detail: "\(process.processID) \(process.imageName)",
                at: candidate, why: "it was found by a scan of the pool",
                limits: "nothing: it is in the answer")
            return process
        }
    }

    struct Failure: Error { let why: String }

    private func process(at address: VirtualAddress) -> Result<Process, Failure> {
        let memory = context.memory
        let fields: ProcessLayout.Fields
        do throws(TranslationError) {
            fields = try memory.withBytes(at: address, count: layout.byteCount) { layout.fields(in: $0) }
        } catch {
            return .failure(Failure(why: error.description))
        }
        let headerAddress = address - objectHeader.bodyOffset
        let header = try? memory.withBytes(at: headerAddress, count: objectHeader.bodyOffset) {
            objectHeader.header(in: $0)
        }
        if let header, !types.mayBe(types.process, header, at: headerAddress) {
            return .failure(Failure(why: "its object header is not that of a process"))
        }
        let path = imagePath(fields.auditName)
        return .success(
            Process(
                address: address, processID: fields.processID, parentProcessID: fields.parentProcessID,
                imageName: path.map(lastPathPart) ?? fields.shortImageName, imagePath: path,
                shortImageName: fields.shortImageName, created: fields.created, exitedAt: fields.exitedAt,
                hasExited: fields.hasExited, terminalSessionID: terminalSessionID(of: fields.session),
                primaryToken: fields.token.isNull ? nil : fields.token,
                primaryTokenFastReferences: fields.tokenFastReferences, handleTable: fields.handleTable,
                activeThreadCount: fields.activeThreadCount, directoryTableBase: fields.directoryTableBase,
                pointerCount: header?.pointerCount, handleCount: header?.handleCount))
    }

    /// The path in `SeAuditProcessCreationInfo`, an `_OBJECT_NAME_INFORMATION` whose only member is a `_UNICODE_STRING`.
    private func imagePath(_ information: VirtualAddress?) -> String? {
        guard let information, information.isKernel,
            let string = try? context.memory.withBytes(
                at: information, count: UnicodeString.byteCount, { UnicodeString($0, at: 0) }),
            let path = try? string.text(in: context.memory, limit: Self.pathLimit), !path.isEmpty
        else { return nil }
        return path
    }

    /// `SessionId` of the session block; at +8 on every build (`sessions.md` §8).
    private func terminalSessionID(of block: VirtualAddress?) -> UInt32? {
        guard let block, block.isKernel else { return nil }
        return try? context.memory.load(UInt32.self, at: block + 8)
    }
}

extension Process {
    /// Whether an object that only a scan found can be a process: a freed one may still look like one.
    fileprivate var isPlausible: Bool {
        processID % 4 == 0 && processID < 1 << 32 && created != nil && !shortImageName.isEmpty
            && primaryToken?.isKernel == true
    }
}
