import BinaryReading

/// Stream 1: which PDB this is, named streams, feature words (`pdb/README.md` §1).
struct InformationStream: Sendable {
    static let number = 1
    /// Longest name of a stream, and most of them; real files have about ten short ones.
    private static let maximumNameByteCount = 512
    private static let maximumNameCount = 4096

    let version: UInt32
    let signature: UInt32
    let age: UInt32
    let guid: GUID
    /// Streams that have a name, in the order of the table.
    private(set) var namedStreams: [(name: String, stream: UInt32)] = []
    private(set) var features: [UInt32] = []
    /// What is wrong behind the identifier; nil where all could be read.
    private(set) var problem: String?

    /// Reads the stream; only the identifier must be whole.
    init(_ bytes: StreamBytes, path: String) throws(ProgramDatabaseError) {
        guard let version = bytes.load(UInt32.self, at: 0), let signature = bytes.load(UInt32.self, at: 4),
            let age = bytes.load(UInt32.self, at: 8),
            let guid = try? bytes.withBytes({ (all) throws(OutOfBounds) in try GUID(all, at: 12) })
        else {
            throw ProgramDatabaseError(
                path: path, part: "the identifier", stream: Self.number, offset: 0,
                .damaged("the stream has \(bytes.count) bytes, too few for a GUID"))
        }
        self.version = version
        self.signature = signature
        self.age = age
        self.guid = guid
        readNames(bytes)
    }

    private mutating func readNames(_ bytes: StreamBytes) {
        guard let textByteCount = bytes.load(UInt32.self, at: 28), Int(textByteCount) <= bytes.count - 32 else {
            problem = "the names of the named streams do not fit into the information stream"
            return
        }
        let texts = 32
        var position = texts + Int(textByteCount)
        // Size, capacity, then two bit vectors; then a pair for each bit that is set in the first.
        let present = bitVector(bytes, at: position + 8)
        guard let present, let deleted = bitVector(bytes, at: present.end) else {
            problem = "the table of the named streams is cut off"
            return
        }
        position = deleted.end
        for _ in 0..<Swift.min(present.count, Self.maximumNameCount) {
            guard let offset = bytes.load(UInt32.self, at: position),
                let stream = bytes.load(UInt32.self, at: position + 4)
            else {
                problem = "the table of the named streams is cut off"
                return
            }
            position += 8
            let start = texts + Int(offset)
            guard start < texts + Int(textByteCount) else { continue }
            let limit = Swift.min(texts + Int(textByteCount), start + Self.maximumNameByteCount)
            let name = bytes.withBytes { all in all.text(start..<all.endOfText(at: start, limit: limit)) }
            namedStreams.append((name, stream))
        }
        position += 4
        while let feature = bytes.load(UInt32.self, at: position) {
            features.append(feature)
            position += 4
        }
    }

    /// How many bits are set in a vector of words, and where it ends.
    private func bitVector(_ bytes: StreamBytes, at position: Int) -> (count: Int, end: Int)? {
        guard let words = bytes.load(UInt32.self, at: position), Int(words) <= (bytes.count - position) / 4 else {
            return nil
        }
        var count = 0
        for index in 0..<Int(words) {
            count += bytes.load(UInt32.self, at: position + 4 + 4 * index)?.nonzeroBitCount ?? 0
        }
        return (count, position + 4 + 4 * Int(words))
    }

    /// Whether the linker left types and private symbols in the object files (/DEBUG:FASTLINK).
    var isFastLink: Bool { features.contains(0x494E_494D) }
    /// Whether the item stream exists: VC110 or VC140.
    var hasItems: Bool { features.contains(20_091_201) || features.contains(20_140_508) }
}
