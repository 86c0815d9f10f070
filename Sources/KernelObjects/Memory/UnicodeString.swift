import AddressTranslation
import BinaryReading

/// A `_UNICODE_STRING`: two byte counts and a buffer of UTF-16.
struct UnicodeString: Hashable {
    /// Bytes of a `_UNICODE_STRING` on x64.
    static let byteCount = 16

    let length: UInt16
    let maximumLength: UInt16
    let buffer: VirtualAddress

    /// Reads the structure itself at a checked offset.
    init(_ bytes: RawSpan, at offset: Int) {
        length = bytes.value(at: offset)
        maximumLength = bytes.value(at: offset + 2)
        buffer = bytes.address(at: offset + 8)
    }

    /// Why the text cannot be read.
    enum Failure: Error {
        case implausible(UnicodeString)
        case unreadable(TranslationError)

        var text: String {
            switch self {
            case .implausible(let string):
                "its length \(string.length), maximum length \(string.maximumLength) and buffer "
                    + "\(string.buffer.debuggerText) do not fit together"
            case .unreadable(let error): error.reasonText
            }
        }
    }

    /// The text; empty where the length is zero. Lone surrogates become U+FFFD.
    ///
    /// - Parameter limit: Most bytes that a string of this purpose can have; a longer one is damage.
    func text(in memory: VirtualMemory, limit: Int) throws(Failure) -> String {
        guard length > 0 else { return "" }
        guard length & 1 == 0, length <= maximumLength, Int(length) <= limit, !buffer.isNull else {
            throw .implausible(self)
        }
        do throws(TranslationError) {
            return try memory.withBytes(at: buffer, count: Int(length)) { bytes in
                let units = (0..<(bytes.byteCount / 2)).map { bytes.value(UInt16.self, at: 2 * $0) }
                return String(decoding: units, as: UTF16.self)
            }
        } catch {
            throw .unreadable(error)
        }
    }
}
