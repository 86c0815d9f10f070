import AddressTranslation
import BinaryReading
import KernelProfiles

/// Values as `dt` writes them (`debugger-commands.md` §6.2).
struct ValueText {
    let session: ShellSession
    let words: TypeWords

    /// What stands for a value that cannot be read.
    static let unreadable = "????"
    /// Longest text that is read behind a pointer, in characters.
    private static let textLimit = 256

    /// A value, and how much of its text a link covers.
    struct Result {
        var text: String
        /// UTF-8 bytes from the start that lead on, and to where.
        var link: (byteCount: Int, command: String)?

        init(_ text: String, link: (byteCount: Int, command: String)? = nil) {
            self.text = text
            self.link = link
        }
    }

    /// The text of a value in a structure's memory.
    func text(_ form: ValueForm, at offset: Int, byteCount: Int, in window: MemoryWindow) -> Result {
        switch form {
        case .structure(let structure): return embedded(structure, at: offset, in: window)
        case .array(let count, let element, let elementByteCount):
            return array(count, element, elementByteCount, at: offset, in: window)
        case .void, .function: return Result("Void")
        case .unknown(let text): return Result(text)
        default: break
        }
        guard let value = window.integer(at: offset, byteCount: byteCount) else { return Result(Self.unreadable) }
        switch form {
        case .unsigned: return Result(Self.unsigned(value))
        case .signed: return Result("0n\(Self.signExtended(value, byteCount: byteCount))")
        case .character: return Result(Self.character(UInt8(truncatingIfNeeded: value)))
        case .wideCharacter: return Result(Self.unsigned(value))
        case .float: return Result(Self.float(value, byteCount: byteCount))
        case .enumeration(_, let layout): return Result(Self.enumeration(value, byteCount: byteCount, layout))
        case .bits(let field): return Result(Self.bits(field.extract(from: value), width: field.width))
        case .pointer(let target): return pointer(VirtualAddress(value), to: target)
        case .structure, .array, .void, .function, .unknown: return Result("")
        }
    }

    // MARK: Numbers

    /// 0 to 9 as a digit, else hex; over 32 bits as an address.
    static func unsigned(_ value: UInt64) -> String {
        if value < 10 { return String(value) }
        return value >> 32 == 0 ? "0x" + String(value, radix: 16) : pointer(value)
    }

    /// `0xffff838b`720fc840`.
    static func pointer(_ value: UInt64) -> String { "0x" + VirtualAddress(value).debuggerText }

    static func signExtended(_ value: UInt64, byteCount: Int) -> Int64 {
        let shift = Int64(64 - 8 * min(max(byteCount, 1), 8))
        return Int64(bitPattern: value << UInt64(shift)) >> shift
    }

    private static func character(_ byte: UInt8) -> String {
        let number = byte == 0 ? "0" : "0x" + String(byte, radix: 16)
        return (0x20...0x7E).contains(byte) ? "\(number) '\(MemoryText.character(byte))'" : "\(number) ''"
    }

    private static func float(_ value: UInt64, byteCount: Int) -> String {
        ShortDecimal.text(
            byteCount == 4
                ? Double(Float(bitPattern: UInt32(truncatingIfNeeded: value))) : Double(bitPattern: value))
    }

    private static func enumeration(_ value: UInt64, byteCount: Int, _ layout: EnumerationLayout?) -> String {
        let signed = signExtended(value, byteCount: byteCount)
        let name = layout?.members.first { $0.value == signed || UInt64(bitPattern: $0.value) == value }?.name
        return "\(unsigned(value)) ( \(name ?? "No matching name") )"
    }

    private static func bits(_ value: UInt64, width: Int) -> String {
        let digits = String(value, radix: 2)
        let padded = String(repeating: "0", count: max(0, width - digits.count)) + digits
        guard width >= 5 else { return "0y" + padded }
        return "0y\(padded) (\(value == 0 ? "0" : "0x" + String(value, radix: 16)))"
    }

    // MARK: Pointers

    private func pointer(_ address: VirtualAddress, to target: ValueForm.PointerTarget) -> Result {
        guard !address.isNull else { return Result("(null) ") }
        let text = Self.pointer(address.rawValue)
        switch target {
        case .void: return Result(text + " Void")
        case .pointer: return Result(text + "  -> " + pointee(at: address, .pointer(to: .void), byteCount: 8))
        case .value(let form, let byteCount):
            return Result(text + "  -> " + pointee(at: address, form, byteCount: byteCount))
        case .text(let isWide): return Result("\(text)  \"\(string(at: address, isWide: isWide))\"")
        case .function:
            return Result(
                text + "     void  " + (session.symbols.name(of: address).map { "\($0.name)+\($0.displacement)" } ?? "")
            )
        case .other(let name): return Result("\(text) \(TypeWords.shown(name))")
        case .structure(let structure):
            let special = structure.special.flatMap { line(of: $0, at: address) } ?? ""
            let separator = special.isEmpty || special.hasPrefix(" ") ? "" : " "
            return Result(
                "\(text) \(TypeWords.shown(structure.name))\(separator)\(special)",
                link: (text.utf8.count, "dt nt!\(structure.name) \(text)"))
        }
    }

    private func pointee(at address: VirtualAddress, _ form: ValueForm, byteCount: Int) -> String {
        let window = MemoryWindow(at: address, byteCount: byteCount, in: session.memory)
        return text(form, at: 0, byteCount: byteCount, in: window).text
    }

    private func string(at address: VirtualAddress, isWide: Bool) -> String {
        let size = isWide ? 2 : 1
        var text = ""
        for index in 0..<Self.textLimit {
            let place = address + index * size
            let unit =
                isWide
                ? try? session.memory.load(UInt16.self, at: place)
                : (try? session.memory.load(UInt8.self, at: place)).map(UInt16.init)
            guard let unit else { return text.isEmpty ? Self.readError(at: place) : text }
            guard unit != 0 else { return text }
            text += isWide ? MemoryText.character(unit) : MemoryText.character(UInt8(truncatingIfNeeded: unit))
        }
        return text
    }

    static func readError(at address: VirtualAddress) -> String {
        "--- memory read error at address \(pointer(address.rawValue)) ---"
    }

    // MARK: Structures and arrays

    private func embedded(_ structure: ValueForm.StructureForm, at offset: Int, in window: MemoryWindow) -> Result {
        let name = words.text(.structure(structure))
        let address = window.address + offset
        guard let special = structure.special else {
            return Result(
                name, link: (name.utf8.count, "dt nt!\(structure.name) \(Self.pointer(address.rawValue))"))
        }
        guard let line = line(of: special, at: offset, in: window) else { return Result(name) }
        return Result(line.hasPrefix(" ") ? name + line : "\(name) \(line)")
    }

    /// The one-line form of a structure at an address; nil where it cannot be read.
    func line(of special: SpecialStructure, at address: VirtualAddress) -> String? {
        let window = MemoryWindow(at: address, byteCount: 16, in: session.memory)
        return line(of: special, at: 0, in: window)
    }

    /// The one-line form of a structure inside another; nil where it cannot be read.
    func line(of special: SpecialStructure, at offset: Int, in window: MemoryWindow) -> String? {
        switch special {
        case .listEntry:
            guard let next = window.pointer(at: offset), let previous = window.pointer(at: offset + 8) else {
                return nil
            }
            return " [ \(Self.pointer(next.rawValue)) - \(Self.pointer(previous.rawValue)) ]"
        case .largeInteger, .unsignedLargeInteger:
            return window.integer(at: offset, byteCount: 8).map { value in
                value >> 32 == 0 ? "0x" + String(value, radix: 16) : Self.pointer(value)
            }
        case .unicodeString: return unicodeString(at: offset, in: window)
        case .guid: return window.bytes(at: offset, count: 16).map(Self.guid)
        }
    }

    private func unicodeString(at offset: Int, in window: MemoryWindow) -> String? {
        guard let length = window.integer(at: offset, byteCount: 2), let buffer = window.pointer(at: offset + 8) else {
            return nil
        }
        let byteCount = Int(length) & ~1
        guard byteCount > 0 else { return "\"\"" }
        do throws(TranslationError) {
            return try session.memory.withBytes(at: buffer, count: byteCount) { bytes in
                let units = (0..<(byteCount / 2)).map { bytes.loadIfPresent(UInt16.self, at: 2 * $0) ?? 0 }
                return "\"" + Self.printable(String(decoding: units, as: UTF16.self)) + "\""
            }
        } catch {
            return "\"\(Self.readError(at: error.address))\""
        }
    }

    private static func printable(_ text: String) -> String {
        guard text.unicodeScalars.contains(where: \.isUnprintable) else { return text }
        return String(String.UnicodeScalarView(text.unicodeScalars.map { $0.isUnprintable ? "." : $0 }))
    }

    private static func guid(_ bytes: [UInt8]) -> String {
        let digits = bytes.map { $0.paddedHexDigits(2) }
        let groups = [[3, 2, 1, 0], [5, 4], [7, 6], [8, 9], [10, 11, 12, 13, 14, 15]]
        return "{" + groups.map { $0.map { digits[$0] }.joined() }.joined(separator: "-") + "}"
    }

    private func array(
        _ count: Int, _ element: ValueForm, _ elementByteCount: Int, at offset: Int, in window: MemoryWindow
    ) -> Result {
        let prefix = "[\(count)] "
        if case .character = element {
            guard let bytes = window.bytes(at: offset, count: min(max(count, 0), Self.textLimit)) else {
                return Result(prefix + " \"\(Self.readError(at: window.address + offset))\"")
            }
            return Result(prefix + " \"" + bytes.prefix { $0 != 0 }.map(MemoryText.character).joined() + "\"")
        }
        return Result(prefix + text(element, at: offset, byteCount: elementByteCount, in: window).text)
    }
}
