import BinaryReading
import FileMapping

/// Fields of a dump's header, which its writer fills with "PAGEPAGE…" before it sets what it knows (formats.md §1.2):
/// a field that still holds the fill, or that the file does not reach, is nil.
struct HeaderFields {
    let file: MappedFile

    static let fill32: UInt32 = 0x4547_4150
    static let fill64: UInt64 = 0x4547_4150_4547_4150

    func byte(at offset: Int) -> UInt8? { file.loadIfPresent(at: offset) }

    func word(at offset: Int) -> UInt32? {
        guard let value: UInt32 = file.loadIfPresent(at: offset), value != Self.fill32 else { return nil }
        return value
    }

    func longWord(at offset: Int) -> UInt64? {
        guard let value: UInt64 = file.loadIfPresent(at: offset), value != Self.fill64 else { return nil }
        return value
    }

    /// A pointer; null counts as not set.
    func pointer(at offset: Int) -> VirtualAddress? {
        guard let value = longWord(at: offset), value != 0 else { return nil }
        return VirtualAddress(value)
    }

    /// A time that can be one.
    func time(at offset: Int) -> FileTime? {
        guard let time = longWord(at: offset).map(FileTime.init), time.isPlausible else { return nil }
        return time
    }

    /// ASCII text up to its NUL; nil where it is empty, not set, or no text.
    func text(at offset: Int, byteCount: Int) -> String? {
        guard let bytes = try? file.copyBytes(at: offset, count: byteCount) else { return nil }
        let used = bytes.prefix { $0 != 0 }
        guard !used.isEmpty, used.allSatisfy({ (0x20..<0x7F).contains($0) }) else { return nil }
        let text = String(decoding: used, as: UTF8.self)
        return text.hasPrefix("PAGE") ? nil : text
    }
}
