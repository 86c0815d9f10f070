import BinaryReading
import Foundation
import KernelObjects
import LeakAnalysis
import LeakReports
import LeakTestSupport
import Testing

@Suite("Explanation reports") struct ExplanationReportTests {
    /// Sessions, tokens and processes of every invented machine.
    private static func explanations(_ name: ReportMachine.Name) -> [ExplanationReport] {
        let analysis = name.analysis
        let arguments =
            analysis.snapshot.logonSessions.map(\.luid.description)
            + analysis.snapshot.tokens.map(\.address.description)
            + analysis.snapshot.processes.map(\.address.description) + ["nothing"]
        return arguments.map { ExplanationReport(Explanation(of: $0, in: analysis), of: analysis) }
    }

    @Test(
        "no line is wider than it may be, and nothing in it is hidden", arguments: ReportMachine.Name.allCases,
        [60, 80, 160])
    func width(_ name: ReportMachine.Name, _ width: Int) {
        for report in Self.explanations(name) {
            for line in report.render(style: TextStyle(width: width)).split(separator: "\n") {
                #expect(String(line).columns <= width, "\(line)")
                #expect(!line.unicodeScalars.contains { $0.value < 0x20 || $0.value == 0x7F || $0.value == 0x202E })
            }
        }
    }

    @Test("a chain deeper than the line is wide stays inside of it")
    func deep() {
        var builder = SnapshotBuilder()
        for number in UInt64(1)...60 {
            let next = number < 60 ? SnapshotBuilder.tokenAddress(0x5000 + number + 1) : nil
            builder.token(0x5000 + number, in: 0x5000, terminal: 9, trustLink: next)
        }
        builder.session(0x5000, references: 1)
        let analysis = builder.analysis
        let explanation = Explanation(of: SnapshotBuilder.tokenAddress(0x5000 + 60).description, in: analysis)
        let text = ExplanationReport(explanation, of: analysis).render(style: TextStyle(width: 60))
        #expect(text.split(separator: "\n").allSatisfy { String($0).columns <= 60 })
        #expect(text.contains("…  "))
    }

    @Test("the tree is drawn with lines")
    func tree() {
        let analysis = ReportMachine.grabber.analysis
        let lines = ExplanationReport(Explanation(of: "0x10000", in: analysis), of: analysis)
            .render(style: TextStyle(width: 120)).split(separator: "\n").map { String($0) }
        #expect(lines.first == "logon session 0x10000 CONTOSO\\anna, interactive, leaked (certain)")
        #expect(lines.contains { $0.hasPrefix("└─ referenced by token ffffb000`10001000 (id 0x10001, primary)") })
        #expect(lines.contains { $0.hasPrefix("   │  made by 2228:RyansTokenGrab (duplicate), thread 2232") })
        #expect(lines.contains { $0.contains("nt!SepDuplicateToken+0x1f3") })
        #expect(lines.last == "   └─ held by handle 0x40 in 2228:RyansTokenGrabber.exe (access 0xf01ff)")
    }

    @Test("the drawing is balanced, quoted and has every node once", arguments: ReportMachine.Name.allCases)
    func dot(_ name: ReportMachine.Name) throws {
        for report in Self.explanations(name) {
            let text = report.renderDOT()
            #expect(text.hasPrefix("digraph explanation {\n"))
            #expect(text.hasSuffix("\n}\n"))
            var nodes: [String] = []
            var ends: Set<String> = []
            for line in text.split(separator: "\n").dropFirst().dropLast() {
                #expect(line.hasSuffix(";"))
                let words = try #require(Self.quotedWords(String(line)), "quotes do not balance: \(line)")
                if line.contains("\" -> \"") {
                    ends.formUnion(words.prefix(2))
                } else if line.hasPrefix("  \"") {
                    nodes.append(words[0])
                }
            }
            #expect(Set(nodes).count == nodes.count)
            #expect(ends.isSubset(of: nodes))
        }
    }

    /// The quoted words of a line; nil where a quote is left open. Outside of quotes brackets must balance.
    private static func quotedWords(_ line: String) -> [String]? {
        var words: [String] = []
        var word: String?
        var isEscaped = false
        var brackets = 0
        for character in line.unicodeScalars {
            if isEscaped {
                word?.unicodeScalars.append(character)
                isEscaped = false
            } else if character == "\\" {
                guard word != nil else { return nil }
                isEscaped = true
            } else if character == "\"" {
                if let whole = word { words.append(whole) }
                word = word == nil ? "" : nil
            } else if word != nil {
                word?.unicodeScalars.append(character)
            } else {
                brackets += character == "[" ? 1 : character == "]" ? -1 : 0
            }
        }
        return word == nil && brackets == 0 && !isEscaped ? words : nil
    }

    @Test("arrows point from what keeps to what is kept")
    func arrows() {
        let analysis = ReportMachine.grabber.analysis
        func drawing(_ argument: String) -> String {
            ExplanationReport(Explanation(of: argument, in: analysis), of: analysis).renderDOT()
        }
        #expect(
            drawing("0x10000").contains(
                #""token-0xffffb00010001000" -> "session-0xffffa00001000000" [label="referenced by"];"#))
        #expect(
            drawing("2228").contains(
                #""process-0xffffc000008b4000" -> "token-0xffffb00010001000" [label="keeps"];"#))
    }

    @Test("Graphviz takes the drawing", .enabled(if: FileManager.default.isExecutableFile(atPath: "/usr/bin/dot")))
    func graphviz() throws {
        for report in Self.explanations(.hostile) {
            let file = FileManager.default.temporaryDirectory.appending(path: "logonleak-\(UUID().uuidString).dot")
            try Data(report.renderDOT().utf8).write(to: file)
            defer { try? FileManager.default.removeItem(at: file) }
            let process = Foundation.Process()
            process.executableURL = URL(filePath: "/usr/bin/dot")
            process.arguments = ["-Tplain", file.path]
            process.standardOutput = FileHandle.nullDevice
            try process.run()
            process.waitUntilExit()
            #expect(process.terminationStatus == 0)
        }
    }

    @Test("JSON follows its schema", arguments: ReportMachine.Name.allCases)
    func json(_ name: ReportMachine.Name) throws {
        let analysis = name.analysis
        let arguments = ["0x10000", "0x50000", "2228", "nothing", SnapshotBuilder.processAddress(.max).description]
        for argument in arguments {
            var output: [UInt8] = []
            ExplanationReport(Explanation(of: argument, in: analysis), of: analysis)
                .writeJSON(tool: SchemaTests.tool) { output += $0 }
            try SchemaTests().expectValid(output, schema: "explanation-1")
        }
    }

    @Test("nothing found is an empty array")
    func nothing() throws {
        let analysis = ReportMachine.grabber.analysis
        var output: [UInt8] = []
        ExplanationReport(Explanation(of: "0x7777", in: analysis), of: analysis)
            .writeJSON(tool: SchemaTests.tool) { output += $0 }
        let object = try JSONSerialization.jsonObject(with: Data(output)) as? [String: Any]
        #expect((object?["found"] as? [Any])?.isEmpty == true)
        #expect(object?["subject"] is NSNull)
    }
}
