import LeakReports
import Testing

@Suite("JSON contract") struct JSONContractTests {
    /// Keys in DESIGN §4's order.
    private static let keys = [
        "schema", "tool", "dump", "kernel", "tracking", "verdict", "totals", "accounts", "holders", "creators",
        "fixPlan",
        "findings", "logonSessions", "terminalSessions", "tokens", "processes", "modules", "gaps",
    ]

    @Test("keys stand in the order of DESIGN, all of them always", arguments: ReportMachine.Name.allCases)
    func order(_ name: ReportMachine.Name) {
        var output: [UInt8] = []
        JSONReport.write(name.analysis, tool: SchemaTests.tool) { output += $0 }
        let lines = String(decoding: output, as: UTF8.self).split(separator: "\n")
        let keys = lines.filter { $0.hasPrefix("  \"") }.compactMap { $0.split(separator: "\"").dropFirst().first }
        #expect(keys.map(String.init) == Self.keys)
    }

    @Test(
        "keys of the elements",
        arguments: [
            (
                "logonSessions",
                "luid address account authority sid kind state confidence pastLife referenceCount flags tokenList buddy silo "
                    + "cachedToken tokens referencingTokens accounting terminalSessions age foundBy"
            ),
            ("terminalSessions", "id state sessionObject processes tokens holders leakedSince"),
            (
                "tokens",
                "address tokenId luid type level terminalSession flags user groups creator pins foundBy pointerCount handleCount "
                    + "kernelReferences"
            ),
            (
                "processes",
                "pid address image exited created exitedAt parent terminalSession token services handleCount heldBy"
            ),
            (
                "holders",
                "holder pid image services leakedSessions leakedSessionsAlone leakedTerminalSessions tokens handles"
            ),
            ("creators", "pid image method stack tokens leakedSessions"),
            ("fixPlan", "step holder action freesSessions freesTokens cumulativeSessions"),
            ("findings", "id severity confidence headline detail evidence advice"), ("gaps", "what address why limits"),
        ])
    func elements(_ array: String, _ keys: String) throws {
        var output: [UInt8] = []
        JSONReport.write(ReportMachine.grabber.analysis, tool: SchemaTests.tool) { output += $0 }
        let lines = String(decoding: output, as: UTF8.self).split(separator: "\n")
        let start = try #require(lines.firstIndex { $0.hasPrefix("  \"\(array)\": [") })
        #expect(Self.topLevelKeys(of: String(lines[start + 1])) == keys.split(separator: " ").map(String.init))
    }

    /// Keys of the outermost object of one line, in their order.
    private static func topLevelKeys(of line: String) -> [String] {
        var keys: [String] = []
        var depth = 0
        var text = ""
        var isString = false
        var isEscaped = false
        for character in line {
            if isString {
                if isEscaped {
                    isEscaped = false
                } else if character == "\\" {
                    isEscaped = true
                } else if character == "\"" {
                    isString = false
                } else {
                    text.append(character)
                }
                continue
            }
            switch character {
            case "\"": (isString, text) = (true, "")
            case "{", "[": depth += 1
            case "}", "]": depth -= 1
            case ":" where depth == 1: keys.append(text)
            default: break
            }
        }
        return keys
    }
}
