import BinaryReading

/// Stream 3: which streams hold symbols, for what machine, where the modules are listed (`pdb/README.md` §1).
struct DebugInformation: Sendable {
    static let number = 3
    private static let headerByteCount = 64
    private static let noStream: UInt16 = 0xFFFF

    let version: UInt32
    let age: UInt32
    let flags: UInt16
    let machine: UInt16
    let globalsStream: Int?
    let publicsStream: Int?
    let symbolRecordStream: Int?
    /// Where the module records lie in the stream.
    private(set) var modules: Range<Int> = 0..<0
    /// Stream numbers of the optional debug header.
    private(set) var optionalStreams: [UInt16] = []
    /// What is wrong behind the header; nil where all is well.
    private(set) var problem: String?

    /// Reads the header; nil where the stream is too short for one.
    init?(_ bytes: StreamBytes) {
        guard bytes.count >= Self.headerByteCount, let version = bytes.load(UInt32.self, at: 4),
            let age = bytes.load(UInt32.self, at: 8), let flags = bytes.load(UInt16.self, at: 56),
            let machine = bytes.load(UInt16.self, at: 58)
        else { return nil }
        self.version = version
        self.age = age
        self.flags = flags
        self.machine = machine
        func stream(at offset: Int) -> Int? {
            bytes.load(UInt16.self, at: offset).flatMap { $0 == Self.noStream ? nil : Int($0) }
        }
        globalsStream = stream(at: 12)
        publicsStream = stream(at: 16)
        symbolRecordStream = stream(at: 20)
        readParts(bytes)
    }

    /// Modules, contributions, map, files, type server map, EC; the optional header comes last.
    private mutating func readParts(_ bytes: StreamBytes) {
        let parts = [
            ("modules", 24), ("section contributions", 28), ("section map", 32), ("file information", 36),
            ("type server map", 40), ("edit and continue", 52), ("optional debug header", 48),
        ]
        var position = Self.headerByteCount
        for (name, field) in parts {
            let size = Int(bytes.load(Int32.self, at: field) ?? -1)
            guard size >= 0, size <= bytes.count - position else {
                problem =
                    "the debug stream says that its part \"\(name)\" has \(size) bytes, where \(bytes.count - position) are left"
                return
            }
            if field == 24 { modules = position..<(position + size) }
            if field == 48 {
                optionalStreams = (0..<(size / 2)).map { bytes.load(UInt16.self, at: position + 2 * $0) ?? 0xFFFF }
            }
            position += size
        }
    }

    /// A place in the optional debug header.
    enum OptionalStream: Int {
        case mapToSource = 3
        case mapFromSource = 4
        case sectionHeaders = 5
        case originalSectionHeaders = 10
    }

    /// The number of an optional stream; nil where there is none.
    func stream(_ place: OptionalStream) -> Int? {
        guard place.rawValue < optionalStreams.count, optionalStreams[place.rawValue] != Self.noStream else {
            return nil
        }
        return Int(optionalStreams[place.rawValue])
    }

    var isIncrementallyLinked: Bool { flags & 1 != 0 }
    var isStripped: Bool { flags & 2 != 0 }
    var hasConflictingTypes: Bool { flags & 4 != 0 }
}

/// A module that was linked, as far as its symbols need it.
struct ModuleRecord: Sendable {
    let name: String
    /// Stream of its symbols; nil where they were stripped.
    let stream: Int?
    /// Bytes of symbol records in that stream.
    let symbolByteCount: Int

    /// Reads the records of all modules until the first that does not fit.
    static func all(in bytes: StreamBytes, range: Range<Int>) -> [ModuleRecord] {
        var modules: [ModuleRecord] = []
        var position = range.lowerBound
        bytes.withBytes { all in
            while position <= range.upperBound - 64, let stream = all.loadIfPresent(UInt16.self, at: position + 34),
                let size = all.loadIfPresent(UInt32.self, at: position + 36)
            {
                let nameEnd = all.endOfText(at: position + 64, limit: range.upperBound)
                let objectEnd = all.endOfText(at: Swift.min(nameEnd + 1, range.upperBound), limit: range.upperBound)
                modules.append(
                    ModuleRecord(
                        name: all.text((position + 64)..<nameEnd), stream: stream == 0xFFFF ? nil : Int(stream),
                        symbolByteCount: Int(size)))
                position = (objectEnd + 4) & ~3
            }
        }
        return modules
    }
}
