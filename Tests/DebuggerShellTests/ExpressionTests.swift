import Testing

@testable import DebuggerShell

/// Names and memory for expressions, without a dump.
private struct Names: ExpressionContext {
    var radix = 16

    func registerValue(_ name: String) -> UInt64? { ["rip": 0x1000, "ah": 0xAB, "$exp": 7, "$ip": 0x1000][name] }

    func symbolValue(_ name: String) -> UInt64? {
        ["nt!x": 0xFFFF_F800_0000_0010, "x": 0xFFFF_F800_0000_0010, "nt!fade": 5, "nt": 0xFFFF_F800_0000_0000][
            name.lowercased()]
    }

    func loadValue(byteCount: Int, at address: UInt64, isPhysical: Bool) -> UInt64? {
        guard address >= 0x1000 else { return nil }
        return byteCount == 8 ? 0x1122_3344_5566_7788 : 0x7788_5566_3344_1122 & ((1 << UInt64(8 * byteCount)) - 1)
    }
}

private struct Row: CustomTestStringConvertible, Sendable {
    let text: String
    let value: UInt64
    var testDescription: String { text }

    init(_ text: String, _ value: UInt64) {
        self.text = text
        self.value = value
    }
}

@Suite("expressions")
struct ExpressionTests {
    @Test(
        "numbers (debugger-commands.md §2.1)",
        arguments: [
            Row("0x1f", 0x1F), Row("1fh", 0x1F), Row("1f", 0x1F), Row("1F", 0x1F), Row("0n10", 10), Row("0t10", 8),
            Row("0y10", 2), Row("0x", 0), Row("0n", 0), Row("ffffb808`3ea02650", 0xFFFF_B808_3EA0_2650),
            Row("0xffffb808`3ea02650", 0xFFFF_B808_3EA0_2650), Row("1`", 1), Row("1`1", 0x11), Row("a", 10),
            Row("fade", 0xFADE), Row("ah", 10), Row("80000000", 0xFFFF_FFFF_8000_0000),
            Row("0`eeaa1122", 0xEEAA_1122), Row("7fffffff", 0x7FFF_FFFF), Row("0n2147483648", 0x8000_0000),
        ])
    private func number(_ row: Row) throws { #expect(try Expression.evaluate(row.text, in: Names()) == row.value) }

    @Test(
        "operators and their order (debugger-commands.md §2.2)",
        arguments: [
            Row("1+2*3", 7), Row("(1+2)*3", 9), Row("2*3 mod 4", 2), Row("7%4", 3), Row("1<<4+1", 0x20),
            Row("8>>1", 4), Row("-1>>>4", .max), Row("-1>>0n60", 15), Row("1+1=2", 1), Row("1==2", 0), Row("3>2", 1),
            Row("3<=2", 0), Row("3!=2", 1), Row("c&a|1", 9), Row("f and 3", 3), Row("5 xor 1", 4), Row("4 or 1", 5),
            Row("1|2^2&2", 1), Row("not 0", 1), Row("not 5", 0), Row("-1", .max), Row("+5", 5),
            Row("hi 12345678", 0x1234),
            Row("low 12345678", 0x5678), Row("1+8+8", 0x11), Row("~0", .max), Row("10-2-3", 0xB), Row("6/2", 3),
        ])
    private func operators(_ row: Row) throws { #expect(try Expression.evaluate(row.text, in: Names()) == row.value) }

    @Test(
        "names, registers and memory (debugger-commands.md §2.3)",
        arguments: [
            Row("nt!X", 0xFFFF_F800_0000_0010), Row("x", 0xFFFF_F800_0000_0010), Row("nt", 0xFFFF_F800_0000_0000),
            Row("!fade", 0xFADE), Row("nt!fade", 5), Row("@ah", 0xAB), Row("@rip+1", 0x1001), Row("rip", 0x1000),
            Row(".", 0x1000), Row("@$exp", 7), Row("$exp", 7), Row("poi(nt!X)", 0x1122_3344_5566_7788),
            Row("poi nt!X", 0x1122_3344_5566_7788), Row("poi(nt!X)+8", 0x1122_3344_5566_7790),
            Row("by(1000)", 0x22), Row("wo(1000)", 0x1122), Row("dwo 1000", 0x3344_1122),
            Row("qwo(poi(1000))", 0x1122_3344_5566_7788), Row("$pqwo(1000)", 0x1122_3344_5566_7788),
            Row("poi(1000) & ff", 0x88), Row("@@masm(1+1)*2", 4),
        ])
    private func names(_ row: Row) throws {
        guard row.text != "!fade" else {
            // A mark before a name asks for a symbol, also where the name is a number.
            #expect(throws: CommandError.self) { try Expression.evaluate("!nosuch", in: Names()) }
            return
        }
        #expect(try Expression.evaluate(row.text, in: Names()) == row.value)
    }

    struct Failure: CustomTestStringConvertible, Sendable {
        let text: String
        let words: String
        var testDescription: String { text }
    }

    @Test(
        "what the debugger answers to what it cannot read (debugger-commands.md §2.7)",
        arguments: [
            Failure(text: "foo", words: "Couldn't resolve error at 'foo'"),
            Failure(text: "ntdll!1", words: "Couldn't resolve error at 'ntdll!1'"),
            Failure(text: "1+", words: "Numeric expression missing from '<EOL>'"),
            Failure(text: "*1", words: "Numeric expression missing from '*1'"),
            Failure(text: "a && b", words: "Numeric expression missing from '& b'"),
            Failure(text: "(1+1", words: "Syntax error at '<EOL>'"),
            Failure(text: "`1", words: "Syntax error at '`1'"),
            Failure(text: "poi(1)", words: "Memory access error at ')'"),
            Failure(text: "poi 1", words: "Memory access error at '1'"),
            Failure(text: "@foo", words: "Bad register error at '@foo'"),
            Failure(text: "1/0", words: "Operand error at '0'"),
            Failure(text: "", words: "Numeric expression missing from '<EOL>'"),
        ])
    func failures(_ failure: Failure) {
        #expect(throws: CommandError.words(failure.words)) { try Expression.evaluate(failure.text, in: Names()) }
    }

    @Test("what stands behind an expression is pointed at")
    func extraCharacters() {
        #expect(throws: CommandError.caret("Extra character error", column: 3)) {
            try Expression.evaluate("1+1)", in: Names())
        }
    }

    @Test("nesting without end is refused")
    func deepNesting() {
        let text = String(repeating: "(", count: 2000)
        #expect(throws: CommandError.self) { try Expression.evaluate(text, in: Names()) }
        #expect(throws: CommandError.self) {
            try Expression.evaluate(String(repeating: "-", count: 3000) + "1", in: Names())
        }
    }

    @Test("ranges (debugger-commands.md §2.4)")
    func ranges() throws {
        func range(_ text: String, _ size: UInt64 = 8) throws -> [UInt64?] {
            let range = try AddressRange(Substring(text), objectByteCount: size, in: Names())
            return [range.start, range.count]
        }
        #expect(try range("1000") == [0x1000, nil])
        #expect(try range("1000 L8") == [0x1000, 8])
        #expect(try range("1000 l8") == [0x1000, 8])
        #expect(try range("1000 l 2") == [0x1000, 2])
        #expect(try range("1000 L-8") == [0xFC0, 8])
        #expect(try range("1000 L?20000000") == [0x1000, 0x2000_0000])
        #expect(try range("1000 1010") == [0x1000, 3])
        #expect(try range("poi(nt!X) L(1+1)") == [0x1122_3344_5566_7788, 2])
        #expect(throws: CommandError.self) { try range("1000 L20000000") }
        #expect(throws: CommandError.words("Couldn't resolve error at 'KiGlobal '")) { try range("KiGlobal L1") }
    }
}
