import BinaryReading
import KernelObjects
import LeakAnalysis
import LeakReports
import LeakTestSupport
import Testing

@Suite("Text") struct TextReportTests {
    private static let widths = [60, 80, 120]

    @Test(
        "no line is wider than it may be, and nothing in it is hidden or turns it",
        arguments: ReportMachine.Name.allCases, widths)
    func lines(_ name: ReportMachine.Name, _ width: Int) {
        let style = TextStyle(width: width)
        let analysis = name.analysis
        var texts = [TextReport.render(analysis, style: style), ReportMachine.information.render(style: style)]
        texts += TableReport.Subject.allCases.map { TableReport($0, of: analysis).render(style: style) }
        for text in texts {
            for line in text.split(separator: "\n", omittingEmptySubsequences: false) {
                #expect(String(line).columns <= width, "\(line)")
                #expect(!line.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F || $0.value == 0x202E })
            }
        }
    }

    @Test("the summary fits a screen of 80 by 24", arguments: ReportMachine.Name.allCases)
    func summary(_ name: ReportMachine.Name) {
        let lines = TextReport.renderSummary(name.analysis, style: TextStyle()).split(
            separator: "\n", omittingEmptySubsequences: false)
        #expect(lines.count <= 24)
    }

    @Test("the first screen says how big, who holds, who made, what frees how much")
    func firstScreen() {
        let text = TextReport.renderSummary(ReportMachine.grabber.analysis, style: TextStyle())
        #expect(text.hasPrefix("LEAK (certain): 12 of 16 logon sessions and 12 terminal sessions leaked.\n"))
        #expect(text.contains("2228:RyansTokenGrabber.exe: 12 sessions (12 alone), 12 terminals"))
        #expect(text.contains("2228:RyansTokenGrab (duplicate): 12 tokens of 12 leaked sessions"))
        #expect(text.contains("1. Stop 2228:RyansTokenGrabber.exe: frees 12 sessions, 12 tokens"))
    }

    @Test("colour is only added: without it the words are the same")
    func color() {
        let analysis = ReportMachine.grabber.analysis
        let plain = TextReport.render(analysis, style: TextStyle())
        let colored = TextReport.render(analysis, style: TextStyle(color: true))
        #expect(!plain.contains("\u{1B}"))
        #expect(colored.contains("\u{1B}[1;31m"))
        var stripped = ""
        var isInside = false
        for scalar in colored.unicodeScalars {
            if scalar == "\u{1B}" { isInside = true }
            if !isInside { stripped.unicodeScalars.append(scalar) }
            if scalar == "m" { isInside = false }
        }
        #expect(stripped == plain)
    }

    @Test("the same analysis gives the same bytes")
    func reproducible() {
        let first = TextReport.render(ReportMachine.grabber.analysis, style: TextStyle())
        #expect(first == TextReport.render(ReportMachine.grabber.analysis, style: TextStyle()))
        var one: [UInt8] = []
        var two: [UInt8] = []
        JSONReport.write(ReportMachine.grabber.analysis, tool: SchemaTests.tool) { one += $0 }
        JSONReport.write(ReportMachine.grabber.analysis, tool: SchemaTests.tool) { two += $0 }
        #expect(one == two)
    }

    @Test(
        "harmless text",
        arguments: [
            ("a\u{1B}[2Jb", #"a\u{1b}[2Jb"#), ("\u{202E}gpj.exe", #"\u{202e}gpj.exe"#), ("žofie", "žofie"),
            ("a\u{AD}b\u{200B}", #"a\u{ad}b\u{200b}"#), ("田中", "田中"),
        ])
    func safe(_ text: String, _ expected: String) { #expect(text.terminalSafe == expected) }

    @Test(
        "columns and cutting",
        arguments: [("abc", 3, "abc"), ("abcd", 3, "ab…"), ("田中", 3, "田…"), ("e\u{301}x", 2, "e\u{301}x")])
    func fitting(_ text: String, _ width: Int, _ expected: String) {
        #expect(text.fitted(to: width) == expected)
        #expect(text.fitted(to: width).columns <= width)
    }

    @Test(
        "durations",
        arguments: [
            (0, "0 seconds"), (61, "1 minute"), (3_600, "1 hour"), (93_784, "1 day 2 hours"),
            (7_260, "2 hours 1 minute"),
        ] as [(UInt64, String)])
    func durations(_ seconds: UInt64, _ expected: String) { #expect(seconds.durationText == expected) }

    @Test("addresses stand in the debugger's form, counts with separators")
    func forms() {
        let text = ReportMachine.information.render(style: TextStyle())
        #expect(text.contains("fffff801`23456000"))
        #expect(text.contains("1,234,567"))
        #expect(text.contains("0x9f DRIVER_POWER_STATE_FAILURE"))
        #expect(text.contains(#"\u{1b}[2J\u{202e}txt"#))
        #expect(text.contains("Warning: The file is cut short."))
    }
}
