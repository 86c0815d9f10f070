import KernelSymbols
import Testing

/// The grammar of symbol paths (`users-and-practice.md` §2.1, §2.5).
@Suite("Symbol paths")
struct SymbolPathGrammarTests {
    private static let server = "https://msdl.microsoft.com/download/symbols"

    private func kinds(_ text: String, _ variables: [String: String] = [:]) -> [SymbolPath.Kind] {
        SymbolPath(text) { variables[$0] }.elements.map(\.kind)
    }

    private func server(_ text: String = Self.server) throws -> SymbolPath.Store {
        .server(try #require(SymbolServerURL(text)))
    }

    @Test("a chain of stores, near to far") func chain() throws {
        #expect(
            kinds("srv*/near*/middle*\(Self.server)") == [
                .chain([.folder("/near"), .folder("/middle"), try server()])
            ])
        #expect(kinds("srv*/only") == [.chain([.folder("/only")])])
    }

    @Test(
        "prefixes in any case, with the library of symsrv",
        arguments: ["SRV*", "Srv*", "symsrv*symsrv.dll*", "SYMSRV*SymSrv.DLL*"])
    func prefixes(_ prefix: String) { #expect(kinds(prefix + "/a*/b") == [.chain([.folder("/a"), .folder("/b")])]) }

    @Test("another library cannot be loaded") func library() throws {
        guard case .unusable(let reason) = try #require(kinds("symsrv*other.dll*/a").first) else {
            Issue.record("taken for a chain")
            return
        }
        #expect(reason.contains("other.dll"))
    }

    @Test("an empty store is the default one, and no name of a server", arguments: ["srv", "srv*", "srv**", "SRV***"])
    func defaultStore(_ text: String) {
        #expect(kinds(text) == [.chain([.defaultStore])])
        #expect(!SymbolPath(text).namesServer)
    }

    @Test("an empty store before a server is the default one") func emptyStore() throws {
        #expect(kinds("srv**\(Self.server)") == [.chain([.defaultStore, try server()])])
    }

    @Test("a bare address is a server") func address() throws {
        #expect(kinds(Self.server) == [.chain([try server()])])
        #expect(SymbolPath(Self.server).namesServer)
        #expect(kinds("HTTP://host/x/") == [.chain([try server("HTTP://host/x")])])
    }

    @Test("caches") func caches() {
        #expect(kinds("cache*") == [.cache(.defaultStore)])
        #expect(kinds("CACHE*/c;/d") == [.cache(.folder("/c")), .folder("/d")])
        #expect(kinds("cache*\(Self.server)") == [.unusable(reason: "a server cannot be a cache")])
    }

    @Test("elements from left to right; empty ones stand for nothing") func elements() {
        #expect(kinds(";;/a; ;/b;") == [.folder("/a"), .folder("/b")])
        #expect(kinds("").isEmpty)
        #expect(kinds("/a:b") == [.folder("/a:b")], "a colon separates nothing")
    }

    @Test("blanks and quotes around elements and stores") func quotes() {
        #expect(kinds(" \"srv*/a b*/c\" ; '/d' ") == [.chain([.folder("/a b"), .folder("/c")]), .folder("/d")])
        #expect(kinds("\"/a;/b\"") == [.folder("/a"), .folder("/b")], "a path that is quoted whole")
    }

    @Test("more than one server, or one that is not last, is used with a warning") func severalServers() throws {
        let two = SymbolPath("srv*/a*https://one*https://two")
        #expect(
            two.elements.first?.kind == .chain([.folder("/a"), try server("https://one"), try server("https://two")]))
        #expect(two.elements.first?.warnings.count == 1)
        #expect(SymbolPath("srv*https://one*/a").elements.first?.warnings.count == 1)
        #expect(SymbolPath("srv*/a*https://one").elements.first?.warnings == [])
        #expect(
            SymbolPath("srv*" + (1...11).map { "/\($0)" }.joined(separator: "*")).elements.first?.warnings.count == 1)
    }

    @Test("variables; one that is not set stands for no folder") func variables() throws {
        #expect(kinds("srv*%ROOT%/sym*/b", ["ROOT": "/r"]) == [.chain([.folder("/r/sym"), .folder("/b")])])
        #expect(kinds("/50% of %A%", ["A": "x"]) == [.folder("/50% of x")])
        guard case .unusable(let reason) = try #require(kinds("%SYSTEMROOT%/Symbols").first) else {
            Issue.record("searched")
            return
        }
        #expect(reason.contains("%SYSTEMROOT%"))
        #expect(kinds("~/symbols", ["HOME": "/home/me"]) == [.folder("/home/me/symbols")])
    }

    @Test(
        "what is no place",
        arguments: ["ftp://host/x", "file:///etc", "https://", "https://ho st/", "foo*/a", "http://:80/"])
    func unusable(_ text: String) throws {
        guard case .unusable = try #require(kinds(text).first) else {
            Issue.record("\(text) is taken for a place")
            return
        }
        #expect(!SymbolPath(text).namesServer)
    }

    #if !os(Windows)
        @Test(
            "paths of Windows are told, and never made here",
            arguments: ["C:\\Symbols", "\\\\server\\share", "srv*c:\\sym*/b"])
        func windowsPaths(_ text: String) throws {
            switch try #require(kinds(text).first) {
            case .unusable(let reason): #expect(reason.contains("Windows"))
            case .chain(let stores):
                guard case .unusable(_, let reason) = try #require(stores.first) else {
                    Issue.record("\(text) is taken for a folder")
                    return
                }
                #expect(reason.contains("Windows"))
            default: Issue.record("\(text) is taken for a folder")
            }
        }
    #endif

    @Test("passwords are not shown") func passwords() {
        let path = SymbolPath("srv*/a*https://me:secret@host/x")
        #expect(path.elements.first?.text == "srv*/a*https://…@host/x")
    }

    @Test("the order of places, and where copies are kept") func order() throws {
        var order = SymbolSearchOrder(defaultStore: "/default")
        order.append(SymbolPath("/plain;srv*/near*/far*https://one"), origin: "--symbols")
        order.append(
            SymbolPath("https://two;cache*/cache;https://three;srv*/own*https://four;/last"), origin: "_NT_SYMBOL_PATH")
        let copies = order.locations.map { "\($0.place) > \($0.copies.joined(separator: " "))" }
        #expect(
            copies == [
                "/plain > ", "/near > ", "/far > /near", "https://one > /far /near",
                "/default > ", "https://two > /default", "/cache > ", "https://three > /cache",
                "/own > /cache", "https://four > /own", "/last > /cache",
            ])
        #expect(order.locations.first?.origin == "--symbols")
        #expect(order.namesServer)
    }

    @Test("no default store: what needs it cannot be searched") func noDefaultStore() {
        var order = SymbolSearchOrder(defaultStore: nil)
        order.append(SymbolPath("srv*;cache*"), origin: "x")
        #expect(order.locations.allSatisfy { if case .unusable = $0.kind { true } else { false } })
        #expect(order.locations.count == 2)
    }

    @Test("any text is taken apart") func anyText() {
        let pieces = [
            "srv", "symsrv", "cache", "*", ";", "%", "A", "%A%", "http://", "https://", "://", "@", "?", "/", "\\", ":",
            "\"", " ", "~",
            "é", "\u{0}", "..", "#", "[", "1",
        ]
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<3000 {
            let text = (0..<Int.random(in: 0..<12, using: &generator)).map { _ in pieces.randomElement() ?? "" }
                .joined()
            let path = SymbolPath(text) { $0 == "A" ? "/x" : nil }
            var order = SymbolSearchOrder(defaultStore: "/default")
            order.append(path, origin: "test")
            #expect(path.namesServer == order.namesServer, "\(text)")
            #expect(!path.namesServer || text.lowercased().contains("http"), "\(text)")
        }
    }
}
