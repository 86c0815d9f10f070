import AddressTranslation
import BinaryReading
import FileMapping
import KernelProfiles
import KernelSymbols
import LeakReports
import MemoryImages

extension InformationReport {
    /// What a dump is whose kernel was found.
    init(of dump: CrashDump, kernel: Kernel) {
        let header = kernel.dump.header
        self.init(
            title: "\(dump.file.name) is a 64-bit Windows kernel dump (\(header.dumpType)) and can be analysed.",
            sections: Self.sections(of: kernel.dump) + [Self.section(of: kernel)],
            notes: kernel.dump.warnings.map { Note("\($0).", isWarning: true) })
    }

    /// What a dump is whose kernel is not known or was not found.
    init(of dump: CrashDump, failure: Failure) {
        self.init(
            title:
                "\(dump.file.name) is a 64-bit Windows kernel dump (\(dump.header.dumpType)), but cannot be analysed as it is.",
            sections: Self.sections(of: dump),
            notes: dump.warnings.map { Note("\($0).", isWarning: true) }
                + [Note(failure.summary + ".", isWarning: true)] + (failure.details + failure.advice).map { Note($0) })
    }

    private static func sections(of dump: CrashDump) -> [Section] {
        [
            fileSection(dump.file, format: "PAGEDU64", header: dump.header.dumpType), headerSection(dump.header),
            memorySection(dump),
        ] + [registerSection(dump.header)].compactMap(\.self)
    }

    static func fileSection(_ file: MappedFile, format: String, header: DumpType?) -> Section {
        Section(
            "file", "File",
            .items(
                [
                    Item("path", "Path", .text(file.path)),
                    Item("byteCount", "Size", .number(Int64(file.byteCount)), text: byteText(file.byteCount)),
                    Item("format", "Format", .text(format)),
                ]
                    + (header.map {
                        [Item("dumpType", "Dump type", .unsigned(UInt64($0.rawValue)), text: "\($0.rawValue), \($0)")]
                    } ?? [])))
    }

    static func headerSection(_ header: DumpHeader) -> Section {
        var items = [
            Item("build", "Build", .unsigned(UInt64(header.buildNumber)), text: String(header.buildNumber)),
            Item("machine", "Machine", .text("\(header.machine)")),
            Item(
                "captured", "Captured", header.systemTime.map { .time($0) } ?? .null,
                text: header.systemTime?.minuteText ?? "not set"),
            Item(
                "uptimeSeconds", "Up since", header.uptimeSeconds.map { .unsigned($0) } ?? .null,
                text: header.uptimeSeconds.map(durationText) ?? "not set"),
            Item("processors", "Processors", header.processorCount.map { .unsigned(UInt64($0)) } ?? .null),
        ]
        items += bugCheckItems(header.bugCheck)
        items += [
            Item(
                "productType", "Product", header.productType.map { .unsigned(UInt64($0)) } ?? .null,
                text: header.productType.map(productText) ?? "not set"),
            Item(
                "live", "Live dump", .flag(header.isLiveDump),
                text: header.isLiveDump ? "yes, the system went on running" : "no"),
            Item("attributes", "Attributes", header.attributes.map { .hex(UInt64($0.rawValue)) } ?? .null),
            Item("comment", "Comment", header.comment.map { .text($0) } ?? .null),
        ]
        return Section("dump", "Dump", .items(items.filter { !$0.isUnsetRemark }))
    }

    static func bugCheckItems(_ bugCheck: BugCheck?) -> [Item] {
        guard let bugCheck else { return [Item("bugCheck", "Bug check", .null)] }
        let name = BugCheckNames.name(of: bugCheck.code)
        let parameters = bugCheck.parameters.map(\.hexText).joined(separator: "  ")
        return [
            Item(
                "bugCheck", "Bug check",
                .object([
                    ("code", .hex(UInt64(bugCheck.code))), ("name", name.map { .text($0) } ?? .null),
                    ("parameters", .list(bugCheck.parameters.map { .hex($0) })),
                ]), text: "\(bugCheck.code.hexText)\(name.map { " \($0)" } ?? ""), parameters \(parameters)")
        ]
    }

    private static func memorySection(_ dump: CrashDump) -> Section {
        let memory = dump.physicalMemory
        let source =
            switch dump.layout {
            case .runs(let descriptor): "\(descriptor.runs.count) runs in the header"
            case .bitmap(let bitmap): "a bitmap of \(bitmap.bitCount) pages"
            case .ranges(let ranges): "\(ranges.ranges.count) ranges"
            }
        return Section(
            "memory", "Memory",
            .items([
                Item("pagesExpected", "Pages it should hold", .unsigned(dump.expectedPageCount)),
                Item("pagesPresent", "Pages it holds", .unsigned(memory.presentPageCount)),
                Item("pageSource", "Listed as", .text(source)),
                Item("highestPage", "Highest page", memory.highestPage.map { .hex($0.rawValue) } ?? .null),
                Item(
                    "userPages", "Pages of processes", .flag(dump.holdsUserPages),
                    text: dump.holdsUserPages ? "meant to be there" : "not meant to be there"),
            ]))
    }

    private static func section(of kernel: Kernel) -> Section {
        let source = kernel.profile.source
        return Section(
            "kernel", "Kernel",
            .items([
                Item("version", "Version", .text(kernel.profile.version)),
                Item(
                    "base", "Base", .hex(kernel.base.rawValue),
                    text: "\(kernel.base.debuggerText), found by \(kernel.baseSource.text)"),
                Item(
                    "dtb", "Page tables", .hex(kernel.addressSpace.directoryTableBase.rawValue),
                    text: "\(kernel.addressSpace.directoryTableBase), \(kernel.addressSpace.levels.rawValue) levels"),
                Item(
                    "pdb", "Symbol file",
                    .object([
                        ("name", .text(kernel.identity.name)), ("guid", .text(kernel.identity.guid.symbolServerText)),
                        ("age", .unsigned(UInt64(kernel.identity.age))),
                    ]), text: kernel.identity.description),
                Item(
                    "symbolSource", "Symbols from", .text(source.description), text: source.text(kernel.inference)),
            ]))
    }

    static func registerSection(_ header: DumpHeader) -> Section? {
        guard let context = header.context else { return nil }
        var items = [Item("rip", "rip", .hex(context.rip))]
        items += zip(ProcessorContext.generalRegisterNames, context.generalRegisters).map { Item($0, $0, .hex($1)) }
        if let exception = header.exception {
            items += [
                Item("exceptionCode", "Exception", .hex(UInt64(exception.code))),
                Item("exceptionAddress", "Exception at", .hex(exception.address)),
            ]
        }
        return Section("registers", "Registers", .items(items))
    }
}

extension InformationReport.Item {
    /// A remark that nobody made: not worth a line.
    fileprivate var isUnsetRemark: Bool {
        guard key == "comment", case .null = value else { return false }
        return true
    }
}

extension KernelProfile.Source {
    /// Where the symbols are from, for people.
    func text(_ inference: KernelInference?) -> String {
        switch self {
        case .builtIn: "the built-in collection"
        case .inferred(let layouts):
            "nobody: the layouts are those of \(layouts), the addresses were found in the dump"
                + (inference.map { " (\($0.confidence.rawValue))" } ?? "")
        case .symbolFile(let path), .programDatabase(let path): path
        }
    }
}

extension Kernel.BaseSource {
    /// How the kernel was found, for people.
    var text: String {
        switch self {
        case .override: "--kernel-base"
        case .moduleList: "the module list"
        case .debuggerData: "KDBG"
        case .walkBack: "walking back from an address in it"
        case .scan: "looking at every page of the loader's range"
        }
    }
}
