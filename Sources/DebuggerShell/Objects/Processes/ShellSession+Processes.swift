import BinaryReading
import KernelObjects

extension ShellSession {
    /// All processes, oldest first, as the kernel's list has them; exited ones that something keeps are among them.
    func processes() throws(CommandError) -> [Process] {
        try snapshot().processes.sorted { left, right in
            let (first, second) = (left.created?.rawValue ?? 0, right.created?.rawValue ?? 0)
            return (first, left.processID, left.address) < (second, right.processID, right.address)
        }
    }

    /// The processes that a number names: the `_EPROCESS` at that address, else those with that id.
    func processes(named number: UInt64) throws(CommandError) -> [Process] {
        let all = try processes()
        let address = VirtualAddress(number)
        if address.isKernel { return all.filter { $0.address == address } }
        // An exited process may still have an id that was given out again.
        return all.filter { $0.processID == number }
    }

    /// The handle table of a process; nil where it has none or none was read.
    func handleTable(of process: Process) throws(CommandError) -> HandleTable? {
        try snapshot().handleTables.first { $0.process == process.address }
    }

    /// The name of an image with its services, as MEX shows it: `svchost.exe(EventLog)`.
    static func imageText(_ process: Process) -> String {
        process.services.isEmpty
            ? process.imageName : "\(process.imageName)(\(process.services.joined(separator: ",")))"
    }
}

extension Process {
    /// Whether a text names the image, in either case: the whole name or the part that `_EPROCESS` keeps.
    func isImage(_ name: String) -> Bool {
        let name = name.lowercased()
        return imageName.lowercased() == name || shortImageName.lowercased() == name
    }
}
