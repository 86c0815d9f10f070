import BinaryReading
import KernelObjects
import LeakReports

/// The lines that describe one object (`debugger-commands.md` §8.4, §8.5).
struct ObjectLines {
    private let facts: ObjectReading.Facts

    init(_ facts: ObjectReading.Facts) { self.facts = facts }

    private var typeText: String {
        "Type: (\(facts.type.map(\.extensionText) ?? "????????????????")) \(facts.typeName.terminalSafe)"
    }

    private var naming: String? {
        guard facts.directory != nil || facts.name?.isEmpty == false else { return nil }
        let directory = facts.directory.map(\.extensionText) ?? "00000000"
        return "Directory Object: \(directory)  Name: \((facts.name ?? "").terminalSafe)"
    }

    /// As `!object` prints it.
    var lines: [OutputLine] {
        [
            OutputLine("Object: \(facts.address.extensionText)  \(typeText)", links: links),
            OutputLine("    ObjectHeader: \(facts.header.extensionText) (new version)"),
            OutputLine("    HandleCount: \(facts.handleCount)  PointerCount: \(facts.pointerCount)"),
        ] + (naming.map { [OutputLine("    \($0)")] } ?? [])
    }

    /// As `!handle` prints it, where the counters stand deeper.
    var linesOfHandle: [OutputLine] {
        [
            OutputLine("Object: \(facts.address.extensionText)  \(typeText)", links: links),
            OutputLine("    ObjectHeader: \(facts.header.extensionText) (new version)"),
            OutputLine("        HandleCount: \(facts.handleCount)  PointerCount: \(facts.pointerCount)"),
        ] + (naming.map { [OutputLine("        \($0)")] } ?? [])
    }

    /// The command that shows more of an object of this type.
    private var links: [OutputLine.Link] {
        let address = facts.address.extensionText
        let command: String? =
            switch facts.typeName {
            case "Token": "!token \(address)"
            case "Process": "!process \(address) 7"
            case "Thread": "dt nt!_ETHREAD \(address)"
            default: nil
            }
        return command.map { [OutputLine.Link(range: 8..<(8 + address.utf8.count), command: $0)] } ?? []
    }
}
