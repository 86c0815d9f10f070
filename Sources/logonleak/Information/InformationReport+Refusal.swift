import BinaryReading
import FileMapping
import KernelObjects
import LeakReports
import MemoryImages

extension InformationReport {
    /// What a file is that cannot be analysed, with all that it holds.
    init(of error: DumpError, file: MappedFile) {
        let format = Self.format(of: error, file: file)
        var sections = [Self.fileSection(file, format: format, header: error.header?.dumpType)]
        if let header = error.header { sections.append(Self.headerSection(header)) }
        switch error.reason {
        case .triageDump(let dump): sections += Self.sections(of: dump)
        case .kernelDump32(let header): sections.append(Self.section(of: header))
        default: break
        }
        if let registers = error.header.flatMap(Self.registerSection) { sections.append(registers) }
        self.init(
            title: error.summary, sections: sections,
            notes: [error.found, error.advice].filter { !$0.isEmpty && !$0.contains("logonleak info") }.map { Note($0) }
        )
    }

    private static func format(of error: DumpError, file: MappedFile) -> String {
        switch error.reason {
        case .otherFormat(let format): "\(format)"
        case .tooShort: "\(ImageFormat(file))"
        case .kernelDump32: "PAGEDUMP"
        default: "PAGEDU64"
        }
    }

    private static func section(of header: DumpHeader32) -> Section {
        Section(
            "dump", "Dump",
            .items(
                [
                    Item("build", "Build", .unsigned(UInt64(header.buildNumber)), text: String(header.buildNumber)),
                    Item("machine", "Machine", .text("\(header.machine)")),
                    Item("captured", "Captured", header.systemTime.map { .time($0) } ?? .null),
                    Item(
                        "uptimeSeconds", "Up since", header.uptimeSeconds.map { .unsigned($0) } ?? .null,
                        text: header.uptimeSeconds.map(durationText)),
                    Item("processors", "Processors", header.processorCount.map { .unsigned(UInt64($0)) } ?? .null),
                    Item(
                        "dumpType", "Dump type", .unsigned(UInt64(header.dumpType.rawValue)),
                        text: "\(header.dumpType.rawValue), \(header.dumpType)"),
                ] + bugCheckItems(header.bugCheck)))
    }

    private static func sections(of dump: TriageDump) -> [Section] {
        var items: [Item] = []
        if let process = CrashingProcess(in: dump) {
            items.append(
                Item(
                    "process", "Process",
                    .object([("pid", .unsigned(process.processID)), ("image", .text(process.imageName))]),
                    text: "\(process.imageName), id \(process.processID) (by the layouts of \(process.layoutVersion))"))
            items.append(Item("thread", "Thread", process.threadID.map { .unsigned($0) } ?? .null))
        }
        items += [
            Item("brokenDriver", "Blamed driver", dump.brokenDriver.map { .text($0) } ?? .null),
            Item("complete", "Written to its end", .flag(dump.hasEndMark)),
            Item("driverListCut", "Driver list cut", .flag(dump.isDriverListCut)),
        ]
        return [
            Section("triage", "Crash", .items(items)),
            Section("stack", "Words of the stack that point into a driver", .rows(stackRows(dump))),
            Section("modules", "Drivers", .rows(driverRows(dump))),
            Section("unloadedModules", "Unloaded drivers", .rows(unloadedRows(dump))),
        ]
    }

    private static func stackRows(_ dump: TriageDump) -> Rows {
        Rows(
            columns: [.init("stackAddress", "Stack address"), .init("value", "Word"), .init("location", "Driver")],
            cells: dump.stackFrames.map { frame in
                [.hex(frame.stackAddress.rawValue), .hex(frame.value.rawValue), .text("\(frame.location)")]
            })
    }

    private static func driverRows(_ dump: TriageDump) -> Rows {
        Rows(
            columns: [
                .init("base", "Base"), .init("byteCount", "Size", isRightAligned: true), .init("name", "Name"),
                .init("timeDateStamp", "Time stamp"),
            ],
            cells: dump.drivers.map { driver in
                [
                    .hex(driver.base.rawValue), .unsigned(UInt64(driver.byteCount)),
                    driver.name.map { .text($0) } ?? .null,
                    .hex(UInt64(driver.timeDateStamp)),
                ]
            })
    }

    private static func unloadedRows(_ dump: TriageDump) -> Rows {
        Rows(
            columns: [.init("start", "Start"), .init("end", "End"), .init("name", "Name")],
            cells: dump.unloadedDrivers.map { driver in
                [.hex(driver.start.rawValue), .hex(driver.end.rawValue), driver.name.map { .text($0) } ?? .null]
            })
    }
}
