import Testing

@testable import DebuggerShell

@Suite("lines, words, patterns")
struct LanguageTests {
    @Test("semicolons separate outside quotes; a star takes the rest of the line")
    func separation() {
        #expect(CommandLine("a; b ;c").parts.map(\.text) == ["a", "b", "c"])
        #expect(CommandLine("!fel -x \"a; b\" c; d").parts.map(\.text) == ["!fel -x \"a; b\" c", "d"])
        #expect(CommandLine("* a; b").parts.map(\.text) == ["* a; b"])
        #expect(CommandLine("$$ a; b").parts.map(\.text) == ["$$ a", "b"])
        #expect(CommandLine(" ; ;").parts.isEmpty)
        #expect(CommandLine("a;  b").parts.last?.column == 4)
    }

    @Test("quotes and parentheses hold words together")
    func words() {
        let words = ArgumentReader("-x \"dt @#Line\" (poi(a) + 8) \"open").remaining.map(\.text)
        #expect(words == ["-x", "dt @#Line", "(poi(a) + 8)", "open"])
    }

    @Test(
        "wildcards (debugger-commands.md §4.1)",
        arguments: [
            ("Se*", "SeTokenLeakTracking", true), ("se*tracking", "SeTokenLeakTracking", true),
            ("Se", "SeToken", false),
            ("Se?", "SeT", true), ("_TOKEN", "__TOKEN", true), ("_TOKEN", "TOKEN", true), ("[st]e*", "TeX", true),
            ("[a-d]x", "cx", true), ("[a-d]x", "ex", false), ("ab#c", "ac", true), ("ab#c", "abbc", true),
            ("ab+c", "abbc", true), ("ab+c", "ac", false), ("*", "", true), ("*a*b*", "xxaxxbxx", true),
        ])
    func patterns(_ pattern: String, _ name: String, _ fits: Bool) {
        #expect(NamePattern(pattern).matches(name) == fits)
    }

    @Test(
        "regular expressions",
        arguments: [
            ("IUnknown pointer|Managed object", "a managed OBJECT here", true), ("^\\s+\\+0x", "   +0x038 Name", true),
            ("a(b|c)*d", "xabcbcdx", true), ("a(b|c)*d", "abxd", false), ("[0-9a-f]+`", "ffff`", true),
            ("ab?c$", "ac", true), ("ab?c$", "acx", false), ("[^a-z]", "abc", false), ("\\bToken\\b", "a token.", true),
            ("a|", "", true), ("(a*)*b", "aaaaaaaaaaaaaaaaaaaaaaaaaaaaac", false), ("x.z", "xyz", true),
        ])
    func regularExpressions(_ pattern: String, _ line: String, _ fits: Bool) throws {
        #expect(try RegularExpression(pattern, isCaseSensitive: false).matches(line) == fits)
    }

    @Test("expressions that cannot be read are refused", arguments: ["(", "a)", "[a", "*a", "\\", "a(b"])
    func unreadableExpressions(_ pattern: String) {
        #expect(throws: CommandError.self) { try RegularExpression(pattern, isCaseSensitive: false) }
    }

    @Test("the places of a line in a template")
    func templates() {
        #expect(LineTemplate("u @#Line L1").filled(with: "1 2") == "u 1 2 L1")
        #expect(LineTemplate("dd 0x${@#Line}+0x40").filled(with: "1f") == "dd 0x1f+0x40")
        #expect(LineTemplate("x @#Field2 @#field9 @#Other").filled(with: "a b") == "x b  @#Other")
    }

    @Test(
        "floating point in six digits",
        arguments: [
            (0.5, "0.5"), (1, "1"), (123_456_789, "1.23457e+008"), (-2.5, "-2.5"), (0.0001, "0.0001"),
            (0.00001, "1e-005"), (999_999.9, "1e+006"), (0, "0"), (100, "100"),
        ])
    func shortDecimals(_ number: Double, _ text: String) { #expect(ShortDecimal.text(number) == text) }

    @Test("floating point below what a double holds in full") func smallDecimal() throws {
        #expect(ShortDecimal.text(try #require(Double("7.248468e-315"))) == "7.24847e-315")
    }
}
