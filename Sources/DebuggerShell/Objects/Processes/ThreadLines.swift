import BinaryReading
import KernelObjects
import KernelProfiles

/// The lines of one thread (flags 2 and 4 of `!process`, `debugger-commands.md` §8.1).
struct ThreadLines {
    private let thread: Thread
    private let record: StructureRecord?
    private let session: ShellSession

    init(_ thread: Thread, in session: ShellSession) {
        self.thread = thread
        self.session = session
        record = StructureRecord("_ETHREAD", at: thread.address, in: session)
    }

    /// `        THREAD ffff… Cid 0e00.0ac0 Teb: … Win32Thread: … WAIT: (WrUserRequest) UserMode Non-Alertable`
    var head: OutputLine {
        let address = thread.address.extensionText
        let identity = "Cid \(thread.processID.paddedHexDigits(4)).\(thread.threadID.paddedHexDigits(4))"
        let text =
            "        THREAD \(address)  \(identity)  Teb: \(hex("Tcb.Teb")) Win32Thread: \(hex("Tcb.Win32Thread")) \(state)"
        return OutputLine(
            text, links: [OutputLine.Link(range: 15..<(15 + address.count), command: "dt nt!_ETHREAD \(address)")])
    }

    /// What the thread waits for, whom it impersonates, and where it belongs.
    func details(of process: Process) -> [String] {
        var lines = isWaiting ? waitObjects : []
        lines.append("        " + impersonation)
        lines.append(
            row("Owning Process", process.address.extensionText + "       Image:         \(process.imageName)"))
        lines.append(row("Context Switch Count", record?.number("Tcb.ContextSwitches").map { String($0) }))
        lines.append(row("UserTime", time("Tcb.UserTime")))
        lines.append(row("KernelTime", time("Tcb.KernelTime")))
        return lines
    }

    private func hex(_ field: String) -> String {
        record?.number(field).map { $0.paddedHexDigits(16) } ?? "????????????????"
    }

    private func row(_ name: String, _ value: String?) -> String {
        "        " + name + String(repeating: " ", count: max(1, 26 - name.count)) + (value ?? "<Data Not Accessible>")
    }

    private func time(_ field: String) -> String? {
        guard let ticks = record?.number(field), let unit = session.clockTick else { return nil }
        return DurationText.clock(ticks.multipliedReportingOverflow(by: unit).partialValue)
    }

    // MARK: State

    /// `_KTHREAD_STATE`: a waiting thread.
    private static let waitingState: UInt64 = 5
    private var isWaiting: Bool { record?.number("Tcb.State") == Self.waitingState }

    private var state: String {
        guard let record, let number = record.number("Tcb.State") else { return "(state not readable)" }
        guard number == Self.waitingState else {
            return (member(of: "_KTHREAD_STATE", number) ?? "state \(number)").uppercased()
        }
        let reason = record.number("Tcb.WaitReason").map { member(of: "_KWAIT_REASON", $0) ?? "reason \($0)" } ?? "?"
        let mode = record.number("Tcb.WaitMode") == 0 ? "KernelMode" : "UserMode"
        let alertable = record.number("Tcb.Alertable") == 1 ? "Alertable" : "Non-Alertable"
        return "WAIT: (\(reason)) \(mode) \(alertable)"
    }

    private func member(of enumeration: String, _ number: UInt64) -> String? {
        session.types.enumeration(enumeration)?.members.first { $0.value == Int64(bitPattern: number) }?.name
    }

    // MARK: Impersonation

    private var impersonation: String {
        guard let token = thread.impersonationToken else { return "Not impersonating" }
        let levels = ["Anonymous", "Identification", "Impersonation", "Delegation"]
        let level = Int(thread.impersonationLevel)
        return "Impersonation token:  \(token.extensionText) (Level \(levels[min(level, levels.count - 1)]))"
    }

    // MARK: Waiting

    /// Objects that a thread can wait for at once.
    private static let waitBlockLimit = 64

    private var waitObjects: [String] {
        guard let list = record?.pointer("Tcb.WaitBlockList"), list.isKernel,
            let layout = session.types.structure("_KWAIT_BLOCK")
        else { return [] }
        let count = min(Int(clamping: record?.number("Tcb.WaitBlockCount") ?? 1), Self.waitBlockLimit)
        return (0..<count).compactMap { index in
            let block = StructureRecord("_KWAIT_BLOCK", at: list + index * layout.byteCount, in: session)
            guard let object = block?.pointer("Object"), object.isKernel else { return nil }
            return "            \(object.extensionText)  \(dispatcherWord(at: object))"
        }
    }

    private func dispatcherWord(at object: VirtualAddress) -> String {
        let type = session.loadValue(byteCount: 1, at: object.rawValue, isPhysical: false)
        return type.flatMap { Self.dispatcherWords[$0 & 0x7F] } ?? "Unknown"
    }

    /// Types of dispatcher objects (`KOBJECTS`).
    private static let dispatcherWords: [UInt64: String] = [
        0: "NotificationEvent", 1: "SynchronizationEvent", 2: "Mutant", 3: "ProcessObject", 4: "QueueObject",
        5: "Semaphore", 6: "Thread", 7: "Gate", 8: "NotificationTimer", 9: "SynchronizationTimer",
    ]
}
