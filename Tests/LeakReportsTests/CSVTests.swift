import LeakReports
import Testing

@Suite("Tables as CSV") struct CSVTests {
    @Test("RFC 4180: CR LF, quotes doubled, line breaks inside quotes")
    func quoting() throws {
        var output: [UInt8] = []
        TableReport(.processes, of: ReportMachine.hostile.analysis).writeCSV { output += $0 }
        let text = String(decoding: output, as: UTF8.self)
        let records = try #require(Self.parse(text))
        #expect(records.count == 3)
        #expect(
            records[0] == ["pid", "image", "state", "terminal", "created", "exited", "parent", "session", "address"])
        #expect(records.allSatisfy { $0.count == records[0].count })
        let evil = try #require(records.dropFirst().first { $0[1] != "System" }?[1])
        #expect(evil.hasPrefix("\u{1B}[31m\u{202E}cod.exe\r\n\u{0}\u{85},\"x\"W"))
    }

    @Test("addresses and LUIDs as in the JSON", arguments: TableReport.Subject.allCases)
    func forms(_ subject: TableReport.Subject) throws {
        var output: [UInt8] = []
        TableReport(subject, of: ReportMachine.grabber.analysis).writeCSV { output += $0 }
        let text = String(decoding: output, as: UTF8.self)
        #expect(!text.contains("`"))
        let records = try #require(Self.parse(text))
        #expect(records.allSatisfy { $0.count == records[0].count })
    }

    /// A reader of RFC 4180 that accepts nothing else; nil where the text is not CSV.
    private static func parse(_ text: String) -> [[String]]? {
        var records: [[String]] = []
        var record: [String] = []
        var cell = String.UnicodeScalarView()
        var scalars = Array(text.unicodeScalars)[...]
        while let scalar = scalars.popFirst() {
            switch scalar {
            case "\"" where cell.isEmpty:
                while let inside = scalars.popFirst() {
                    if inside != "\"" {
                        cell.append(inside)
                    } else if scalars.first == "\"" {
                        cell.append("\"")
                        scalars.removeFirst()
                    } else {
                        break
                    }
                }
                guard scalars.first == "," || scalars.first == "\r" else { return nil }
            case ",":
                record.append(String(cell))
                cell.removeAll()
            case "\r":
                guard scalars.popFirst() == "\n" else { return nil }
                record.append(String(cell))
                cell.removeAll()
                records.append(record)
                record = []
            case "\n", "\"": return nil
            default: cell.append(scalar)
            }
        }
        return record.isEmpty && cell.isEmpty ? records : nil
    }
}
