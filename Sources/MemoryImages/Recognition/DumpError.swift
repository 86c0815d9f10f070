import BinaryReading
import FileMapping

/// Why a file cannot be analysed: what it is, and all that could be read of it.
public struct DumpError: Error, Sendable {
    /// What the file turned out to be.
    public enum Reason: Sendable {
        /// Another format, recognised by its first bytes.
        case otherFormat(ImageFormat)
        /// Shorter than the header of the format it begins like.
        case tooShort(headerByteCount: Int)
        /// A small dump without physical memory.
        case triageDump(TriageDump)
        /// A header without any pages.
        case headerOnly(DumpHeader)
        /// A dump of a 32-bit system; nil where its header is cut.
        case kernelDump32(DumpHeader32)
        /// A dump of another processor architecture.
        case otherMachine(DumpHeader)
        /// The pages are encrypted.
        case encrypted(DumpHeader)
        /// A type that nobody has described.
        case unknownType(DumpHeader)
        /// The list of pages that this type must have is not there or cannot be read.
        case pageListDamaged(DumpHeader)
    }

    /// The file's name, without its folders.
    public let fileName: String
    /// The file's size.
    public let byteCount: Int
    /// What the file turned out to be.
    public let reason: Reason

    init(_ file: MappedFile, _ reason: Reason) {
        fileName = file.name
        byteCount = file.byteCount
        self.reason = reason
    }

    /// The header, where the file is a 64-bit kernel dump.
    public var header: DumpHeader? {
        switch reason {
        case .triageDump(let dump): dump.header
        case .headerOnly(let header), .otherMachine(let header), .encrypted(let header), .unknownType(let header),
            .pageListDamaged(let header):
            header
        case .otherFormat, .tooShort, .kernelDump32: nil
        }
    }
}
