public import BinaryReading
import LeakAnalysis

/// What a symbol file is, as `logonleak symbols info` shows it.
public struct SymbolFileInformation: Sendable {
    /// Name and version of the JSON form.
    public static let schema = "logonleak/symbols-info/1"

    /// The file.
    public var path = ""
    /// `pdb` or `isf`.
    public var kind = ""
    /// Whose symbols they are; nil where the file does not tell.
    public var identity: PDBIdentity?
    /// The two ages that a PDB holds; nil where it does not.
    public var ages: (file: UInt32?, debug: UInt32?) = (nil, nil)
    /// Version of the kernel; nil where the file does not tell.
    public var version: String?
    /// Version of the built-in kernel with the same PDB; nil where there is none.
    public var builtInVersion: String?
    /// Bytes of a block, number of streams.
    public var container: (blockByteCount: Int, streamCount: Int)?
    /// Machine: its code and its name.
    public var machine: (code: UInt16, name: String)?
    /// What kind of link made it: `stripped`, `incremental`, `fastlink`, `rearranged`.
    public var flags: [String] = []
    /// Counts by key, with a label for people; nil where a part is not there or cannot be read.
    public var counts: [(key: String, label: String, count: Int?)] = []
    /// Sections of the image: name, RVA, size.
    public var sections: [(name: String, rva: UInt32, byteCount: UInt32)] = []
    /// What is missing and what that means, for people.
    public var notes: [String] = []
    /// What is damaged.
    public var problems: [String] = []

    /// Makes information that says nothing yet.
    public init() {}

    /// The path in a symbol store.
    private var key: String? { identity.map { "\($0.name)/\($0.storeKey)/\($0.name)" } }

    /// Writes one JSON object.
    public func writeJSON(tool: ToolIdentity, to sink: @escaping ReportSink) {
        var writer = JSONWriter(expandedLevels: 1, sink: sink)
        writer.object { writer in
            writer.head(schema: Self.schema, tool)
            writer.field("path", path)
            writer.field("kind", kind)
            writer.field("guid", identity?.guid.symbolServerText)
            writer.field("age", identity?.age)
            writer.field("infoAge", ages.file)
            writer.field("dbiAge", ages.debug)
            writer.field("key", key)
            writer.field("version", version)
            writer.field("builtInVersion", builtInVersion)
            writer.field("blockSize", container?.blockByteCount)
            writer.field("streams", container?.streamCount)
            writer.field("machine", machine?.code)
            writer.field("machineName", machine?.name)
            writer.strings("flags", flags)
            writer.object("counts") { writer in
                for entry in counts {
                    writer.key(entry.key)
                    writer.number(entry.count)
                }
            }
            writer.array("sections", sections) { writer, section in
                writer.object { writer in
                    writer.field("name", section.name)
                    writer.hex("rva", section.rva)
                    writer.field("size", section.byteCount)
                }
            }
            writer.strings("notes", notes)
            writer.strings("problems", problems)
        }
        writer.finish()
    }

    /// The document for people.
    public func render(style: TextStyle) -> String {
        var layout = TextLayout(style)
        layout.paragraph(
            "\(path) is \(kind == "pdb" ? "a PDB" : "a Volatility symbol file")".terminalSafe, role: .heading)
        func line(_ label: String, _ text: String?) {
            if let text { layout.labelled("  " + label, text.terminalSafe, labelWidth: 22) }
        }
        line("GUID", identity?.guid.symbolServerText)
        line("Age", ageText)
        line("Key in a store", key)
        line("Kernel version", version)
        line("Built in", builtInVersion.map { "as \($0): this file is not needed for dumps of that kernel" })
        line("Machine", machine.map { "\($0.name) (\($0.code.hexText))" })
        line("Container", container.map { "\($0.streamCount) streams in blocks of \($0.blockByteCount) bytes" })
        line("Flags", flags.isEmpty ? nil : flags.joined(separator: ", "))
        for entry in counts { line(entry.label, entry.count.map { Int64($0).groupedText } ?? "not readable") }
        if !sections.isEmpty {
            let names = sections.map { "\($0.name) at \($0.rva.hexText)" }
            line("Sections", names.joined(separator: ", "))
        }
        if !notes.isEmpty || !problems.isEmpty { layout.blank() }
        for note in notes { layout.paragraph(note.terminalSafe, first: "Note: ") }
        for problem in problems { layout.paragraph(problem.terminalSafe, first: "Damaged: ", role: .warning) }
        return layout.text
    }

    private var ageText: String? {
        guard let identity else { return nil }
        guard let file = ages.file else { return "\(identity.age)" }
        guard let debug = ages.debug else { return "\(identity.age) (of the file; there is no debug stream)" }
        return debug == file ? "\(identity.age)" : "\(identity.age) (linker \(debug), file \(file))"
    }
}
