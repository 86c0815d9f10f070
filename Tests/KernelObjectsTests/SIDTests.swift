import BinaryReading
import Testing

@testable import KernelObjects

@Suite("Security identifiers")
struct SIDTests {
    @Test(
        "well-known names",
        arguments: [
            ("S-1-1-0", "Everyone"), ("S-1-2-1", "CONSOLE LOGON"), ("S-1-5-4", "NT AUTHORITY\\INTERACTIVE"),
            ("S-1-5-18", "NT AUTHORITY\\SYSTEM"), ("S-1-5-32-544", "BUILTIN\\Administrators"),
            ("S-1-5-90-0-7", "Window Manager\\DWM-7"), ("S-1-5-96-0-7", "Font Driver Host\\UMFD-7"),
            ("S-1-5-80-0", "NT SERVICE\\ALL SERVICES"), ("S-1-16-12288", "Mandatory Label\\High Mandatory Level"),
            ("S-1-15-2-1", "APPLICATION PACKAGE AUTHORITY\\ALL APPLICATION PACKAGES"),
            ("S-1-5-64-10", "NT AUTHORITY\\NTLM Authentication"), ("S-1-5-21-1-2-3-512", "Domain Admins"),
            ("S-1-18-1", "Authentication authority asserted identity"),
            // Published with Windows: the owner of its protected files.
            ("S-1-5-80-956008885-3418522649-1831038044-1853292631-2271478464", "NT SERVICE\\TrustedInstaller"),
        ])
    func names(text: String, name: String) throws {
        #expect(try #require(SID(text)).wellKnownName == name)
    }

    @Test(
        "identifiers that only a domain or machine can name", arguments: ["S-1-5-21-1-2-3-1105", "S-1-5-80-1-2-3-4-5"])
    func unknown(text: String) throws { #expect(try #require(SID(text)).wellKnownName == nil) }

    @Test("the terminal session of window-manager and font-driver accounts")
    func virtualAccounts() throws {
        let manager = try #require(SID("S-1-5-90-0-12")?.terminalSessionOfVirtualAccount)
        #expect(manager.isWindowManager && manager.session == 12)
        let driver = try #require(SID("S-1-5-96-0-3")?.terminalSessionOfVirtualAccount)
        #expect(!driver.isWindowManager && driver.session == 3)
        #expect(SID("S-1-5-18")?.terminalSessionOfVirtualAccount == nil)
    }

    @Test("text both ways, authorities above 32 bits in hex")
    func text() throws {
        for text in ["S-1-5-21-1296027815-2631040185-2088867009-1277", "S-1-0x010000000000-1", "S-1-16-8192"] {
            #expect(try #require(SID(text)).description == text)
        }
        #expect(SID("S-1") == nil)
        #expect(SID("S-2-5-18") == nil)
        #expect(SID("S-1-5-4294967296") == nil)
    }
}
