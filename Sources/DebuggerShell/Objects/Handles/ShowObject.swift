import BinaryReading
import KernelObjects
import KernelProfiles
import KernelSymbols
import LeakReports

/// `!object`: an object by address or by path; of a directory what it lists (`debugger-commands.md` §8.5).
struct ShowObject: ShellCommand {
    let names = ["!object"]
    let summary = "Shows an object: type, counters, name, and what a directory lists."
    let usage = [
        "!object ADDRESS | \\PATH", "!object ffffc00b074166a0", "!object \\Sessions", "!object @$proc",
    ]

    func run(_ invocation: Invocation, in session: ShellSession, to output: CommandOutput) throws(CommandError) {
        let text = invocation.arguments.trimmed
        guard !text.isEmpty else {
            throw .words(["!object needs an address or a path.", "Usage: !object ADDRESS | \\PATH"])
        }
        let objects = try session.objects()
        let address: VirtualAddress
        if text.hasPrefix("\\") {
            address = try ObjectDirectory.object(at: text, objects, session)
        } else {
            var arguments = ArgumentReader(text)
            guard let word = arguments.next() else { return }
            address = VirtualAddress(try session.value(of: word))
            if address.isNull, let type = arguments.next() {
                throw .words([
                    "Lists of all objects of a type are kept by special builds only.",
                    "!handle 0 3 0 \(type.text) shows those that have handles.",
                ])
            }
        }
        guard let facts = objects.facts(of: address) else {
            throw .words("\(address.extensionText): Not a valid object (ObjectType invalid)")
        }
        for line in ObjectLines(facts).lines { try output.line(line) }
        if facts.typeName == "Directory" { try Self.list(address, objects, session, to: output) }
    }

    private static func list(
        _ directory: VirtualAddress, _ objects: ObjectReading, _ session: ShellSession, to output: CommandOutput
    ) throws(CommandError) {
        let entries = ObjectDirectory.entries(of: directory, session)
        try output.line("")
        try output.line("    Hash Address          Type          Name")
        try output.line("    ---- -------          ----          ----")
        var lastBucket: Int?
        for entry in entries {
            let facts = objects.facts(of: entry.object)
            let bucket = entry.bucket == lastBucket ? "  " : entry.bucket < 10 ? "0\(entry.bucket)" : "\(entry.bucket)"
            lastBucket = entry.bucket
            let type = facts?.typeName.terminalSafe ?? "????"
            try output.line(
                "     \(bucket)  \(entry.object.extensionText) \(type)"
                    + String(repeating: " ", count: max(1, 14 - type.count)) + (facts?.name ?? "????").terminalSafe)
        }
    }
}

/// Reads `_OBJECT_DIRECTORY`: a table of 37 chains.
enum ObjectDirectory {
    private static let bucketCount = 37
    private static let entryLimit = 100_000

    /// What a directory lists, with the chain that lists it.
    static func entries(of directory: VirtualAddress, _ session: ShellSession) -> [(
        bucket: Int, object: VirtualAddress
    )] {
        guard let layout = session.types.structure("_OBJECT_DIRECTORY"), let buckets = layout["HashBuckets"] else {
            return []
        }
        var entries: [(bucket: Int, object: VirtualAddress)] = []
        var seen: Set<VirtualAddress> = []
        for bucket in 0..<bucketCount {
            var next = session.pointer(at: directory + buckets.offset + 8 * bucket)
            while let place = next, place.isKernel, seen.insert(place).inserted, entries.count < entryLimit {
                guard let entry = StructureRecord("_OBJECT_DIRECTORY_ENTRY", at: place, in: session),
                    let object = entry.pointer("Object")
                else { break }
                entries.append((bucket, object))
                next = entry.pointer("ChainLink")
            }
        }
        return entries
    }

    /// The object that a path names, from the root directory on; letters in either case.
    static func object(at path: String, _ objects: ObjectReading, _ session: ShellSession) throws(CommandError)
        -> VirtualAddress
    {
        guard let variable = session.kernel.address(of: "ObpRootDirectoryObject"),
            var current = session.pointer(at: variable), current.isKernel
        else {
            throw .words(["The root of the object directory cannot be read.", "Name the object's address instead."])
        }
        for part in path.split(separator: "\\") {
            let name = part.lowercased()
            let next = entries(of: current, session).first { objects.facts(of: $0.object)?.name?.lowercased() == name }
            guard let next else { throw .words("Object \(path) not found") }
            current = next.object
        }
        return current
    }
}
