import BinaryReading
import Foundation
import KernelObjects
import LeakAnalysis
import LeakReports
import LeakTestSupport
import Testing

@Suite("Handle reports") struct HandleReportTests {
    /// Process 600 has two tokens, a process, a thread and an unreadable object; the kernel one token.
    static var machine: SnapshotBuilder {
        var builder = SnapshotBuilder()
        let token = builder.token(0x5001, in: 0x5000, terminal: 9)
        builder.session(0x5000, listed: [token])
        let system = SnapshotBuilder.tokenAddress(0x100)
        builder.process(600, "holder.exe", token: system, terminal: 0)
        let dead = builder.process(700, "dead.exe", token: token, terminal: 9, exited: true)
        let thread = builder.thread(601, of: 600)
        func handle(_ object: VirtualAddress, _ number: UInt32, _ kind: Handle.Kind) -> Handle {
            Handle(object: object, number: number, access: 0xf01ff, chargedReferences: 0, attributes: 2, kind: kind)
        }
        builder.handleTables = [
            HandleTable(
                address: VirtualAddress(0xffff_9000_0000_2000), process: SnapshotBuilder.processAddress(600),
                processID: 600,
                isKernelTable: false,
                handles: [
                    handle(VirtualAddress(0xffff_b000_7777_0000), 0x54, .unreadable), handle(token, 0x44, .token),
                    handle(dead, 0x48, .process), handle(thread, 0x4c, .thread),
                    handle(SnapshotBuilder.tokenAddress(0x9999), 0x50, .token),
                ], counts: ["Token": 2, "Process": 1, "Thread": 1, "?": 1, "File": 1_200, "Event": 40]),
            HandleTable(
                address: VirtualAddress(0xffff_9000_0000_1000), process: SnapshotBuilder.processAddress(4),
                processID: 4,
                isKernelTable: true, handles: [handle(token, 0x24, .token)], counts: ["Token": 1]),
        ]
        builder.coverage.handleTablePages = Coverage.HandleTablePages(read: 2, missing: 0)
        return builder
    }

    private func text(_ report: HandleReport, width: Int = 140) -> [String] {
        var output: [UInt8] = []
        report.render(style: TextStyle(width: width)) { output += $0 }
        return String(decoding: output, as: UTF8.self).split(separator: "\n").map { String($0) }
    }

    @Test("every handle with what it is, then counts by type")
    func render() {
        let lines = text(HandleReport(of: Self.machine.analysis))
        #expect(lines[1].hasPrefix("  4  System"))
        #expect(lines[1].contains("0xffffffff80000024"))
        let expected = [
            "CONTOSO\\user, session 0x5000, leaked", "700:dead.exe, exited", "601 of 600:holder.exe", "not readable",
            "its header cannot be read",
        ]
        for (line, what) in zip(lines[2...], expected) {
            #expect(line.hasPrefix("600  holder.exe") && line.hasSuffix(what), "\(line)")
        }
        #expect(lines.last?.contains("1,245") == true)
        #expect(lines.last?.hasSuffix("File 1,200, Event 40, ? 1") == true)
    }

    @Test("filters by process and type")
    func filters() {
        let analysis = Self.machine.analysis
        let tokens = text(HandleReport(of: analysis, processID: 600, subject: .token))
        #expect(tokens.count { $0.contains("  token  ") } == 2)
        #expect(!tokens.contains { $0.contains("System") || $0.contains("  thread  ") })
        #expect(HandleReport(of: analysis, processID: 601).isEmpty)
    }

    @Test("no line is wider than it may be", arguments: [60, 80, 200])
    func width(_ width: Int) {
        var builder = Self.machine
        builder.process(800, "\u{1B}[2J" + String(repeating: "田", count: 90), token: nil)
        builder.handleTables.append(
            HandleTable(
                address: VirtualAddress(0xffff_9000_0000_3000), process: SnapshotBuilder.processAddress(800),
                processID: 800,
                isKernelTable: false, handles: builder.handleTables[0].handles,
                counts: [String(repeating: "T", count: 300): 1]))
        for line in text(HandleReport(of: builder.analysis), width: width) {
            #expect(line.columns <= width)
            #expect(!line.contains("\u{1B}"))
        }
    }

    @Test("CSV has a line for every handle, all of the same number of cells")
    func csv() {
        var output: [UInt8] = []
        HandleReport(of: Self.machine.analysis).writeCSV { output += $0 }
        let lines = String(decoding: output, as: UTF8.self).split(separator: "\r\n")
        #expect(lines.count == 7)
        #expect(
            lines[2]
                == "600,holder.exe,false,0x44,token,0xf01ff,0x2,0xffffb00005001000,CONTOSO\\user,0x5000,leaked,,,,")
        #expect(
            lines.dropFirst(3).allSatisfy { $0.split(separator: ",", omittingEmptySubsequences: false).count == 15 })
    }

    @Test("JSON follows its schema")
    func json() throws {
        for builder in [Self.machine, ReportMachine.hostile] {
            for subject in [nil] + HandleReport.Subject.allCases {
                var output: [UInt8] = []
                HandleReport(of: builder.analysis, subject: subject).writeJSON(tool: SchemaTests.tool) { output += $0 }
                try SchemaTests().expectValid(output, schema: "handles-1")
            }
        }
    }

    @Test("a dump without handle tables says so")
    func empty() {
        #expect(text(HandleReport(of: SnapshotBuilder().analysis)) == ["No handle table was read in this dump."])
    }
}
