import BinaryReading
import KernelObjects
import LeakAnalysis
import LeakReports
import LeakTestSupport

/// Invented machines for reports.
enum ReportMachine {
    /// All of them.
    enum Name: String, CaseIterable, Sendable {
        case grabber
        case hostile
        case clean
        case empty

        var analysis: Analysis {
            switch self {
            case .grabber: ReportMachine.grabber.analysis
            case .hostile: ReportMachine.hostile.analysis
            case .clean: SnapshotBuilder().analysis
            case .empty: ReportMachine.empty.analysis
            }
        }
    }

    /// A dump in which nothing at all could be read.
    static var empty: SnapshotBuilder {
        var builder = SnapshotBuilder()
        builder.processes = []
        builder.tokens = []
        builder.sessions = []
        builder.coverage = Coverage()
        builder.tracking = LeakTracking(isSupported: true, isEnabled: nil, tokensPinTerminalSessions: false)
        return builder
    }

    /// A document with every kind of value.
    static var information: InformationReport {
        InformationReport(
            title: "MEMORY.DMP is a 64-bit kernel dump.",
            sections: [
                .init(
                    "dump", "Dump",
                    .items([
                        .init("format", "Format", .text("PAGEDU64")), .init("pages", "Pages", .unsigned(1_234_567)),
                        .init("base", "Kernel base", .hex(0xffff_f801_2345_6000)),
                        .init("bugCheck", "Bug check", .hex(0x9f), text: "0x9f DRIVER_POWER_STATE_FAILURE"),
                        .init("captured", "Captured", .time(SnapshotBuilder.captured)),
                        .init("live", "Live", .flag(false)), .init("name", "Computer", .null),
                        .init("evil", "Comment", .text("\u{1B}[2J\u{202E}txt")),
                    ])),
                .init(
                    "modules", "Modules",
                    .rows(
                        .init(
                            columns: [.init("base", "base"), .init("size", "size", isRightAligned: true)],
                            cells: [[.hex(0xffff_f801_2345_6000), .number(4096)], [.hex(1)]]))),
            ], notes: [.init("Nothing is missing."), .init("The file is cut short.", isWarning: true)])
    }

    /// A grabber holds twelve sessions of two accounts, tokens of one terminal session each; everything that a report can show occurs.
    static var grabber: SnapshotBuilder {
        var builder = SnapshotBuilder()
        let system = SnapshotBuilder.tokenAddress(0x100)
        builder.process(500, "lsass.exe", token: system, terminal: 0)
        builder.process(2228, "RyansTokenGrabber.exe", token: system, terminal: 0)
        builder.process(2300, "csrss.exe", token: system, terminal: 1)
        let frame = VirtualAddress(0xffff_f800_0000_1000)
        builder.frames[frame] = StackFrame(
            address: frame, module: "nt", symbol: "SepDuplicateToken", displacement: 0x1f3)
        let creation = TokenCreation(
            processID: 2228, threadID: 2232, imageName: "RyansTokenGrab", method: .duplicate,
            trace: [frame, VirtualAddress(0x7fff_0000_1234)], captureCount: 0)
        for number in UInt64(0)..<12 {
            let luid = 0x10000 + number * 0x100
            let token = builder.token(
                luid + 1, in: luid, terminal: UInt32(number) + 3, pinsTerminal: true, creation: creation, handles: 1)
            builder.session(luid, account: number % 2 == 0 ? "anna" : "bert", listed: [token])
            builder.handle(0x40 + number * 4, of: 2228, to: token)
        }
        let active = builder.token(0x20001, in: 0x20000, terminal: 1, pinsTerminal: true)
        builder.session(0x20000, account: "carla", listed: [active])
        builder.process(3000, "explorer.exe", token: active, terminal: 1, created: 9_000)
        builder.session(0x30000, flags: 0, account: nil, authority: nil, list: .empty)
        builder.totals = ObjectTypeTotals(objects: 20, handles: 12)
        builder.gaps = [
            Gap(
                subject: .tokens, what: "_TOKEN.UserAndGroups", address: VirtualAddress(0xffff_b000_0000_0000),
                why: "PDE is not present", limits: "The groups of one token are not known.")
        ]
        builder.coverage.handleTablePages = Coverage.HandleTablePages(read: 12, missing: 0)
        return builder
    }

    /// Strings of which every one tries to take over the terminal or the line.
    static var hostile: SnapshotBuilder {
        var builder = SnapshotBuilder()
        let evil = "\u{1B}[31m\u{202E}cod.exe\r\n\u{0}\u{85},\"x\"" + String(repeating: "W", count: 300)
        let token = builder.token(
            0x50001, in: 0x50000, terminal: 9, pinsTerminal: true,
            creation: TokenCreation(
                processID: .max, threadID: .max, imageName: evil, method: .other(77), trace: [.null], captureCount: -1))
        builder.session(0x50000, references: .min, account: evil, authority: evil, listed: [token])
        builder.session(0x50001, references: .max, account: "\u{FFFD}", authority: "")
        builder.process(.max, evil, token: token, terminal: 9, exited: true, pointers: .max, handles: .min)
        builder.gaps = [Gap(subject: .image, what: evil, address: nil, why: evil, limits: evil)]
        return builder
    }
}
