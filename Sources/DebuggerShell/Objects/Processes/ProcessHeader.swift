import BinaryReading
import KernelObjects
import LeakReports

/// The four lines that head a process (`debugger-commands.md` §8.1).
struct ProcessHeader {
    private let process: Process
    private let handleCount: Int?
    private let environmentBlock: UInt64?
    private let isFrozen: (deep: Bool, count: UInt64)

    init(_ process: Process, in session: ShellSession) throws(CommandError) {
        self.process = process
        handleCount = try Self.handleCount(of: process, in: session)
        let record = StructureRecord("_EPROCESS", at: process.address, in: session)
        environmentBlock = record?.number("Peb")
        isFrozen = (record?.number("Pcb.DeepFreeze") == 1, record?.number("Pcb.FreezeCount") ?? 0)
    }

    /// Entries in use; nil where the process has a table of which nothing can be read.
    private static func handleCount(of process: Process, in session: ShellSession) throws(CommandError) -> Int? {
        guard let address = process.handleTable else { return 0 }
        guard let count = try session.handleTable(of: process)?.handleCount else { return nil }
        guard count == 0 else { return count }
        // The low bits of the code say how deep the table is.
        guard let code = StructureRecord("_HANDLE_TABLE", at: address, in: session)?.number("TableCode"),
            session.pointer(at: VirtualAddress(code & ~7)) != nil
        else { return nil }
        return count
    }

    /// The lines, without the blank one behind them.
    var lines: [OutputLine] {
        let address = process.address.extensionText
        let session = process.terminalSessionID.map { String($0) } ?? "none"
        let handles =
            handleCount.map { count in
                let digits = String(count)
                return String(repeating: " ", count: max(0, 3 - digits.count)) + digits + "."
            } ?? "<Data Not Accessible>"
        let table = process.handleTable.map(\.extensionText) ?? "00000000"
        var rows = [
            "    SessionId: \(session)  Cid: \(process.processID.paddedHexDigits(4))    "
                + "Peb: \(environmentBlock.map { $0.paddedHexDigits(8) } ?? "????????")  "
                + "ParentCid: \(process.parentProcessID.paddedHexDigits(4))"
        ]
        if isFrozen.deep {
            rows.append("    DeepFreeze")
        } else if isFrozen.count > 0 {
            rows.append("    FreezeCount \(isFrozen.count)")
        }
        rows.append(
            "    DirBase: \(process.directoryTableBase.paddedHexDigits(8))  ObjectTable: \(table)  HandleCount: \(handles)"
        )
        rows.append("    Image: \(process.imageName.terminalSafe)")
        let head = OutputLine(
            "PROCESS \(address)",
            links: [OutputLine.Link(range: 8..<(8 + address.count), command: "!process \(address) 7")])
        return [head] + rows.map { OutputLine($0) }
    }
}
