import BinaryReading
import KernelSymbols
import Testing

/// A name from a dump must not lead out of a store or a server.
@Suite("Names of symbol files")
struct SymbolFileRequestTests {
    private func identity(_ name: String) throws -> PDBIdentity {
        PDBIdentity(
            name: name, guid: try #require(GUID(symbolServerText: "9F65CD18C2F36F88B2D0CE8A7BFE2BB7")), age: 0x1A)
    }

    @Test(
        "plain names",
        arguments: ["ntkrnlmp.pdb", "Win32k.PDB", "my driver (2).pdb", "com.pdb", "a+b_c-d.pdb", "con1.pdb"])
    func plain(_ name: String) throws {
        let request = try SymbolFileRequest(try identity(name))
        #expect(request.name == name)
        #expect(request.key == "9F65CD18C2F36F88B2D0CE8A7BFE2BB71A", "the age in hex behind the GUID")
    }

    @Test(
        "names that are none",
        arguments: [
            "", "a", "..", "../x.pdb", "..\\x.pdb", "a/b.pdb", "a\\b.pdb", "c:x.pdb", "C:\\x.pdb", "%2f.pdb",
            "a%2e%2e.pdb", "x.pdb.",
            "x.pdb ", " x.pdb", ".hidden.pdb", "-o.pdb", "~x.pdb", "a..pdb", "nul", "NUL.pdb", "con.pdb", "CoM1.pdb",
            "lpt9.x.pdb",
            "aux .pdb", "a\u{0}b.pdb", "a\nb.pdb", "a\u{7F}.pdb", "a*b.pdb", "a?b.pdb", "a|b.pdb", "a\"b.pdb",
            "<x>.pdb", "a;b.pdb",
            "é.pdb", "a\u{202E}b.pdb", "\u{FFFD}x.pdb", String(repeating: "a", count: 129),
        ])
    func unsafe(_ name: String) throws {
        let identity = try identity(name)
        #expect(throws: SymbolFileRequest.UnsafeName.self) { try SymbolFileRequest(identity) }
    }

    @Test("the address of a file escapes what is not plain") func address() throws {
        let server = try #require(SymbolServerURL("https://host/x//"))
        let request = try SymbolFileRequest(try identity("my driver#1.pdb"))
        #expect(
            server.address(of: request)
                == "https://host/x/my%20driver%231.pdb/9F65CD18C2F36F88B2D0CE8A7BFE2BB71A/my%20driver%231.pdb")
    }

    @Test("a query stays behind the path") func query() throws {
        let server = try #require(SymbolServerURL("https://host/x?key=1"))
        #expect(server.address(of: ["a", "b"]) == "https://host/x/a/b?key=1")
        #expect(!"\(server)".contains("key"))
    }
}
