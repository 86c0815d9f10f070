import AddressTranslation
import BinaryReading
import KernelObjects
import LeakReports

extension VirtualAddress {
    /// The address as the extensions write it: 16 digits without back-quote (`debugger-commands.md` §1).
    var extensionText: String { rawValue.paddedHexDigits(16) }
}

extension ShellSession {
    private static let textLimit: UInt64 = 0x1000

    /// The text of a `_UNICODE_STRING`; nil where it cannot be read.
    func unicodeString(at address: VirtualAddress) -> String? {
        guard let length = loadValue(byteCount: 2, at: address.rawValue, isPhysical: false),
            length & 1 == 0, length <= Self.textLimit, let buffer = pointer(at: address + 8)
        else { return nil }
        guard length > 0 else { return "" }
        guard let bytes = try? memory.copyBytes(at: buffer, count: Int(length)) else { return nil }
        let units = stride(from: 0, to: bytes.count - 1, by: 2).map { UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8 }
        return String(decoding: units, as: UTF16.self).terminalSafe
    }

    /// Looks at single objects.
    ///
    /// - Throws: Words where the profile does not know object headers.
    func objects() throws(CommandError) -> ObjectReading {
        do throws(LayoutError) { return try ObjectReading(kernel) } catch { throw .missingLayout(error) }
    }

    /// Reads handle tables.
    ///
    /// - Throws: Words where the profile does not know them.
    func handleEntries() throws(CommandError) -> HandleEntryReading {
        do throws(LayoutError) { return try HandleEntryReading(kernel) } catch { throw .missingLayout(error) }
    }

    /// Evaluates one argument.
    func value(of word: ArgumentReader.Word) throws(CommandError) -> UInt64 { try evaluate(word.text) }
}

extension CommandError {
    /// The profile lacks a structure.
    static func missingLayout(_ error: LayoutError) -> CommandError {
        .words(["The symbols of this kernel do not suffice: \(error)", "Give a complete symbol file: --symbols"])
    }
}
