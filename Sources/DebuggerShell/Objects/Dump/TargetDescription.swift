import BinaryReading
import KernelProfiles
import KernelSymbols
import LeakReports
import MemoryImages

/// What the machine was: the lines that the debugger prints when it opens a dump (`debugger-commands.md` §3.1). Times are UTC.
struct TargetDescription {
    private let session: ShellSession
    private var header: DumpHeader { session.kernel.dump.header }
    private static let largestLabByteCount = 0x100

    init(_ session: ShellSession) { self.session = session }

    /// Version, product, build, machine, kernel and times.
    var lines: [String] { [systemLine] + productLines + ["Machine Name:"] + stateLines }

    /// What MEX shows of the same, under the computer's name.
    var linesWithoutMachine: [String] { [systemLine] + productLines + stateLines }

    private var systemLine: String {
        let processors =
            switch header.processorCount {
            case 1: "UP"
            case let count?: "MP (\(count) procs)"
            case nil: "MP"
            }
        return "\(systemName) Kernel Version \(header.buildNumber)\(servicePack) \(processors) \(buildWord) x64"
    }

    /// Every Windows since 10 is called that.
    private var systemName: String {
        switch header.buildNumber {
        case ..<7600: "Windows Server 2008/Windows Vista"
        case ..<9200: "Windows 7"
        case ..<9600: "Windows 8"
        case ..<10_240: "Windows 8.1"
        default: "Windows 10"
        }
    }

    private var servicePack: String {
        guard let variable = session.kernel.address(of: "CmNtCSDVersion"),
            let version = session.loadValue(byteCount: 4, at: variable.rawValue, isPhysical: false),
            version >> 8 & 0xFF != 0
        else { return "" }
        return " (Service Pack \(version >> 8 & 0xFF))"
    }

    /// 0xC in the header marks a checked build.
    private var buildWord: String { header.majorVersion == 0xC ? "Checked" : "Free" }

    private var productLines: [String] {
        var lines: [String] = []
        if let type = header.productType {
            let name = [1: "WinNt", 2: "LanManNt", 3: "Server"][type] ?? "<\(type.hexText)>"
            lines.append("Product: \(name)" + (suiteText.map { ", suite: \($0)" } ?? ""))
        }
        lines.append(
            "Edition build lab: "
                + (buildLab ?? "(cannot be read; the symbols are of \(session.kernel.profile.version))"))
        return lines
    }

    /// The bits of `SuiteMask` from the lowest on.
    private static let suites = [
        "SmallBusiness", "Enterprise", "BackOffice", "CommunicationServer", "TerminalServer",
        "SmallBusinessRestricted", "EmbeddedNT", "DataCenter", "SingleUserTS", "Personal", "Blade",
    ]

    private var suiteText: String? {
        guard let mask = header.suiteMask else { return nil }
        let words = Self.suites.enumerated().filter { mask >> UInt32($0.offset) & 1 == 1 }.map(\.element)
        return words.isEmpty ? nil : words.joined(separator: " ")
    }

    private var buildLab: String? {
        for symbol in ["NtBuildLabEx", "NtBuildLab"] {
            guard let address = session.kernel.address(of: symbol) else { continue }
            let bytes = session.bytes(at: address, count: Self.largestLabByteCount).prefix { $0 != nil && $0 != 0 }
            let text = String(decoding: bytes.compactMap { $0 }.map { $0 < 0x80 ? $0 : 0x3F }, as: UTF8.self)
            if !text.isEmpty { return text.terminalSafe }
        }
        return nil
    }

    /// Time of the dump, time since boot.
    var timeLines: [String] {
        let time = header.systemTime.map { CalendarText.moment($0) + " (UTC + 0:00)" } ?? "not available"
        return [
            "Debug session time: \(time)",
            "System Uptime: " + (header.systemUpTime.map(DurationText.uptime) ?? "not available"),
        ]
    }

    private var stateLines: [String] {
        let list = session.kernel.address(of: "PsLoadedModuleList") ?? header.loadedModuleList
        return [
            "Kernel base = 0x\(session.kernel.base.debuggerText) PsLoadedModuleList = "
                + (list.map { "0x" + $0.debuggerText } ?? "(unknown)")
        ] + timeLines
    }
}

/// `vertarget`: what the machine was (`debugger-commands.md` §3.2).
struct ShowTarget: ShellCommand {
    let names = ["vertarget", "version"]
    let summary = "Shows the version of Windows, the kernel's place, and the times of the dump."
    let usage = ["vertarget"]

    func run(_ invocation: Invocation, in session: ShellSession, to output: CommandOutput) throws(CommandError) {
        for line in TargetDescription(session).lines { try output.line(line) }
    }
}

/// `.time`: when the dump was taken, and how long the machine had run (`debugger-commands.md` §3.5).
struct ShowTime: ShellCommand {
    let names = [".time"]
    let summary = "Shows the time of the dump and how long the machine had run."
    let usage = [".time"]

    func run(_ invocation: Invocation, in session: ShellSession, to output: CommandOutput) throws(CommandError) {
        for line in TargetDescription(session).timeLines { try output.line(line) }
    }
}

/// `.bugcheck`: the code and its four arguments (`debugger-commands.md` §3.3).
struct ShowBugCheck: ShellCommand {
    let names = [".bugcheck"]
    let summary = "Shows the bug check's code and arguments."
    let usage = [".bugcheck"]

    func run(_ invocation: Invocation, in session: ShellSession, to output: CommandOutput) throws(CommandError) {
        guard let check = session.kernel.dump.header.bugCheck else {
            throw .words("The dump's header does not say a bug check.")
        }
        try output.line("Bugcheck code \(check.code.paddedHexDigits(8).uppercased())")
        let arguments = check.parameters.map { VirtualAddress($0).debuggerText }.joined(separator: " ")
        try output.line("Arguments \(arguments)")
    }
}
