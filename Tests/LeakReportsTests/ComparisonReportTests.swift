import BinaryReading
import KernelObjects
import LeakAnalysis
import LeakReports
import LeakTestSupport
import Testing

@Suite("Comparison reports") struct ComparisonReportTests {
    /// The grabber's machine three hours later, with four sessions more and one less, and a zombie.
    private static var later: SnapshotBuilder {
        var builder = ReportMachine.grabber
        builder.captured = FileTime(builder.captured.rawValue + 10_800 * FileTime.unitsPerSecond)
        builder.uptimeSeconds += 10_800
        builder.path = "LATER.DMP"
        let gone = LUID(0x10000)
        builder.sessions.removeAll { $0.luid == gone }
        builder.tokens.removeAll { $0.authenticationID == gone }
        for number in UInt64(0)..<4 {
            let luid = 0x40000 + number * 0x100
            let token = builder.token(
                luid + 1, in: luid, terminal: 30, pinsTerminal: true,
                creation: builder.tokens.last { $0.creation != nil }?.creation,
                handles: 1)
            builder.session(luid, account: "dora", listed: [token])
            builder.handle(0x400 + number * 4, of: 2228, to: token)
        }
        builder.process(
            4000, "dead.exe", token: SnapshotBuilder.tokenAddress(0x100), exited: true, pointers: 2, handles: 0)
        return builder
    }

    private static let reports = [
        ComparisonReport(Comparison(from: ReportMachine.grabber.analysis, to: later.analysis)),
        ComparisonReport(Comparison(from: later.analysis, to: ReportMachine.grabber.analysis)),
        ComparisonReport(Comparison(from: ReportMachine.grabber.analysis, to: ReportMachine.hostile.analysis)),
        ComparisonReport(Comparison(from: ReportMachine.hostile.analysis, to: ReportMachine.empty.analysis)),
        ComparisonReport(Comparison(from: ReportMachine.empty.analysis, to: ReportMachine.empty.analysis)),
    ]

    @Test("the first line says how much leaked in which time")
    func first() {
        let text = Self.reports[0].render(style: TextStyle(width: 120))
        #expect(
            text.hasPrefix("Leaked logon sessions: 12 -> 15 in 3 hours (4 new, 1 gone, +1.0 an hour).\n"), "\(text)")
        let lines = text.split(separator: "\n")
        #expect(lines.contains { $0.hasPrefix("  2228:RyansTokenGrabber.exe") && $0.contains("15 (+3)") })
        #expect(lines.contains { $0.hasPrefix("  2228:RyansTokenGrab (duplicate): 15 (+3, +1.0 an hour)") })
        #expect(lines.contains("New logon sessions (4)"))
        #expect(lines.contains("Gone logon sessions (1)"))
        #expect(lines.contains("New exited processes that are kept (1)"))
        #expect(lines.contains { $0.contains("dead.exe") && $0.hasSuffix("kernel") })
    }

    @Test("dumps in the wrong order are not comparable, which the first lines say, and no rate is given")
    func wrongOrder() {
        let text = Self.reports[1].render(style: TextStyle(width: 120))
        #expect(text.hasPrefix("NOT COMPARABLE: these are not two dumps of one boot.\n  - The first dump"))
        #expect(!text.contains("1.0"))
        #expect(text.contains("New logon sessions (1)"))
    }

    @Test("no line is wider than it may be", arguments: reports.indices, [60, 80, 160])
    func width(_ report: Int, _ width: Int) {
        for line in Self.reports[report].render(style: TextStyle(width: width)).split(separator: "\n") {
            #expect(String(line).columns <= width, "\(line)")
            #expect(!line.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x202E })
        }
    }

    @Test("JSON follows its schema", arguments: reports.indices)
    func json(_ report: Int) throws {
        var output: [UInt8] = []
        Self.reports[report].writeJSON(tool: SchemaTests.tool) { output += $0 }
        try SchemaTests().expectValid(output, schema: "comparison-1")
        #expect(String(decoding: output, as: UTF8.self).contains(#""perHour":1.00"#) == (report == 0))
    }
}
