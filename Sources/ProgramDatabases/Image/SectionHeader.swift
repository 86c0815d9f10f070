import BinaryReading

/// A section of the image that a PDB belongs to.
public struct SectionHeader: Hashable, Sendable {
    /// Name of up to eight characters.
    public let name: String
    /// Bytes in memory.
    public let byteCount: UInt32
    /// Distance in bytes from the image's base.
    public let rva: UInt32
    /// Flags of the image's section table.
    public let characteristics: UInt32

    private static let entryByteCount = 40

    /// Reads a stream of section headers; a rest that is shorter than one is left out.
    static func all(in bytes: StreamBytes) -> [SectionHeader] {
        (0..<(bytes.count / entryByteCount)).compactMap { index in
            let start = index * entryByteCount
            guard let size = bytes.load(UInt32.self, at: start + 8), let rva = bytes.load(UInt32.self, at: start + 12),
                let characteristics = bytes.load(UInt32.self, at: start + 36)
            else { return nil }
            // A name of eight characters has no zero behind it.
            let name = bytes.withBytes { $0.text(start..<$0.endOfText(at: start, limit: start + 8)) }
            return SectionHeader(name: name, byteCount: size, rva: rva, characteristics: characteristics)
        }
    }
}
