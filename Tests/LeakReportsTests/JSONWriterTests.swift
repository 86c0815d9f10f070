import Testing

@testable import LeakReports

@Suite("JSON writer") struct JSONWriterTests {
    /// What the writer makes of one string.
    private func written(_ text: String) -> String {
        var output: [UInt8] = []
        var writer = JSONWriter(expandedLevels: 0) { output += $0 }
        writer.array([text]) { $0.value($1) }
        writer.finishLines()
        return String(decoding: output, as: UTF8.self)
    }

    @Test(
        "what could break or turn a line is escaped",
        arguments: [
            ("plain", #"["plain"]"#), ("a\"b\\c", #"["a\"b\\c"]"#), ("\n\r\t", #"["\n\r\t"]"#),
            ("\u{0}\u{1B}[31m\u{7F}", #"["\u0000\u001b[31m\u007f"]"#), ("\u{202E}x\u{2066}", #"["\u202ex\u2066"]"#),
            ("\u{2028}", #"["\u2028"]"#), ("\u{FEFF}", #"["\ufeff"]"#), ("\u{FFFD}", "[\"\u{FFFD}\"]"),
            ("Jürgen \u{1F600}", "[\"Jürgen \u{1F600}\"]"), ("\u{E0041}", #"["\udb40\udc41"]"#),
        ])
    func escaping(_ text: String, _ expected: String) { #expect(written(text) == expected) }

    @Test("keys stay in the order in which they were written, null stands for what is absent")
    func order() {
        var output: [UInt8] = []
        var writer = JSONWriter(expandedLevels: 1) { output += $0 }
        writer.object { writer in
            writer.field("z", 1)
            writer.field("a", String?.none)
            writer.hex("m", UInt64(0x3e7))
            writer.array("list", [1, 2]) { $0.number($1) }
            writer.array("none", [Int]()) { $0.number($1) }
            writer.object("object") { $0.field("flag", true) }
        }
        writer.finish()
        let expected = """
            {
              "z": 1,
              "a": null,
              "m": "0x3e7",
              "list": [1,2],
              "none": [],
              "object": {"flag":true}
            }

            """
        #expect(String(decoding: output, as: UTF8.self) == expected)
    }

    @Test("a long text leaves in pieces, and the pieces are the text")
    func pieces() {
        var largest = 0
        var count = 0
        var total = 0
        var writer = JSONWriter(expandedLevels: 0) { bytes in
            largest = max(largest, bytes.count)
            count += 1
            total += bytes.count
        }
        writer.array(0..<100_000) { $0.number($1) }
        writer.finishLines()
        #expect(count > 1)
        #expect(largest < 1 << 17)
        let digits = (0..<100_000).reduce(0) { $0 + String($1).count }
        #expect(total == digits + 99_999 + 2)
    }
}
