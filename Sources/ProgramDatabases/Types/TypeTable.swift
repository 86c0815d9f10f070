import BinaryReading

/// The records of a type stream, found by number and by name. One pass over the records makes both; the file's own hash stream is
/// not needed and not trusted.
struct TypeTable: Sendable {
    static let streamNumber = 2
    static let itemStreamNumber = 4
    private static let headerByteCount = 56
    /// Most links that are followed from one record to the next; real types nest less than ten deep.
    static let maximumDepth = 32
    /// Most definitions that are looked at for one forward reference; of a name there are few.
    private static let maximumCandidateCount = 256

    let bytes: StreamBytes
    private let firstIndex: UInt32
    /// Where each record's length stands.
    private var offsets: [UInt32] = []
    private var names = NameIndex()
    private var uniqueNames = NameIndex()
    /// Numbers of all named definitions, ascending.
    private(set) var definitions: [TypeIndex] = []
    /// Numbers of definitions without a name of their own.
    private(set) var unnamedDefinitions: [TypeIndex] = []
    /// What is wrong with the records; nil where all is well.
    private(set) var problem: String?

    /// Reads the records of a stream.
    init(_ stream: StreamBytes, number: Int, path: String) throws(ProgramDatabaseError) {
        func damaged(at offset: Int, _ words: String) -> ProgramDatabaseError {
            let part = number == Self.itemStreamNumber ? "the item stream" : "the type stream"
            return ProgramDatabaseError(path: path, part: part, stream: number, offset: offset, .damaged(words))
        }
        guard stream.count >= Self.headerByteCount, let headerSize = stream.load(UInt32.self, at: 4),
            let first = stream.load(UInt32.self, at: 8), let end = stream.load(UInt32.self, at: 12),
            let recordByteCount = stream.load(UInt32.self, at: 16)
        else { throw damaged(at: 0, "\(stream.count) bytes are too few for its header") }
        guard Int(headerSize) >= Self.headerByteCount, Int(headerSize) <= stream.count else {
            throw damaged(at: 4, "a header of \(headerSize) bytes in a stream of \(stream.count)")
        }
        guard first >= 0x1000, first <= end else {
            throw damaged(at: 8, "types from \(first.hexText) to \(end.hexText)")
        }
        bytes = stream.part(Int(headerSize)..<(Int(headerSize) + Int(recordByteCount)))
        firstIndex = first
        readRecords(claimed: end - first)
        if number == Self.streamNumber { indexNames() }
    }

    private mutating func readRecords(claimed: UInt32) {
        // The least record has four bytes.
        offsets.reserveCapacity(Swift.min(Int(claimed), bytes.count / 4))
        var position = 0
        while let length = bytes.load(UInt16.self, at: position) {
            guard length >= 2, Int(length) + 2 <= bytes.count - position else {
                problem = "record \((firstIndex &+ UInt32(offsets.count)).hexText) has a length of \(length)"
                return
            }
            guard offsets.count < Int(claimed) else { break }
            offsets.append(UInt32(truncatingIfNeeded: position))
            position += 2 + Int(length)
        }
        if offsets.count != Int(claimed) {
            problem = "the header tells of \(claimed) types, the stream holds \(offsets.count)"
        }
    }

    /// Arrays, classes, structures, unions and enumerations with Pascal strings, as compilers wrote before 2002.
    private static let oldLeaves: ClosedRange<UInt16> = 0x1003...0x1007

    private mutating func indexNames() {
        var oldCount = 0
        bytes.withBytes { all in
            for place in offsets.indices {
                let index = TypeIndex(firstIndex &+ UInt32(place))
                guard let record = record(index) else { continue }
                if Self.oldLeaves.contains(record.leaf) { oldCount += 1 }
                guard let type = UserTypeRecord(all, leaf: record.leaf, body: record.body),
                    !type.isForwardReference
                else { continue }
                if let unique = type.uniqueName { uniqueNames.add(all.extracting(unique), place: index.rawValue) }
                if Self.isUnnamed(all, type.name) {
                    unnamedDefinitions.append(index)
                } else {
                    definitions.append(index)
                    names.add(all.extracting(type.name), place: index.rawValue)
                }
            }
        }
        names.finish()
        uniqueNames.finish()
        if oldCount > 0, problem == nil {
            problem = "\(oldCount) records are of the old form with Pascal strings, which is not read"
        }
    }

    private static let unnamedStart = Array("<unnamed-".utf8)
    private static let oldUnnamed = Array("__unnamed".utf8)

    /// Whether a name only says that there is none: it is then no key. Scoped, `X::<unnamed-tag>`, it is an ordinary name.
    private static func isUnnamed(_ bytes: RawSpan, _ name: Range<Int>) -> Bool {
        guard name.count >= unnamedStart.count else { return false }
        let head = name.lowerBound..<(name.lowerBound + unnamedStart.count)
        if bytes.equals(head, unnamedStart) {
            // `<unnamed-type-a>::<unnamed-type-b>` has a scope.
            return !bytes.text(name).contains("::")
        }
        return bytes.equals(name, oldUnnamed)
    }

    /// Number of records.
    var count: Int { offsets.count }

    /// Leaf and body of a record; nil for a simple type and a number outside the table.
    func record(_ index: TypeIndex) -> (leaf: UInt16, body: Range<Int>)? {
        guard index.rawValue >= firstIndex else { return nil }
        let place = Int(index.rawValue - firstIndex)
        guard place < offsets.count else { return nil }
        let offset = Int(offsets[place])
        guard let length = bytes.load(UInt16.self, at: offset), let leaf = bytes.load(UInt16.self, at: offset + 2)
        else { return nil }
        return (leaf, (offset + 4)..<Swift.max(offset + 4, offset + 2 + Int(length)))
    }

    /// The record of a structure, union, class or enumeration; nil for every other type.
    func userType(_ index: TypeIndex) -> UserTypeRecord? {
        guard let record = record(index) else { return nil }
        return bytes.withBytes { UserTypeRecord($0, leaf: record.leaf, body: record.body) }
    }

    /// Whether a type has no name of its own.
    func isUnnamed(_ type: UserTypeRecord) -> Bool { bytes.withBytes { Self.isUnnamed($0, type.name) } }

    /// Definitions of a name, in the file's order.
    func definitions(named name: String) -> [TypeIndex] {
        var name = name
        return name.withUTF8 { text in
            let text = unsafe text.span.bytes
            return names.places(of: text).map { TypeIndex($0) }.filter { index in
                guard let type = userType(index) else { return false }
                return bytes.withBytes { $0.equals(type.name, text) }
            }
        }
    }

    /// Definitions whose name fits a pattern, in the file's order.
    func definitions(matching pattern: NamePattern) -> [TypeIndex] {
        definitions.filter { index in
            guard let type = userType(index) else { return false }
            return bytes.withBytes { pattern.matches($0, in: type.name) }
        }
    }

    /// The definition that a forward reference stands for; the type itself where it is no forward reference; nil where there is none.
    ///
    /// The decorated name decides where there is one, else name and kind; structures and classes stand for each other.
    func definition(of index: TypeIndex) -> TypeIndex? {
        guard let type = userType(index) else { return nil }
        guard type.isForwardReference else { return index }
        return bytes.withBytes { all in
            let key = all.extracting(type.uniqueName ?? type.name)
            let places = (type.uniqueName == nil ? names : uniqueNames).places(
                of: key, limit: Self.maximumCandidateCount)
            return places.lazy.map { TypeIndex($0) }.first { candidate in
                guard let other = userType(candidate), other.kind.family == type.kind.family else { return false }
                return all.equals((type.uniqueName == nil ? other.name : other.uniqueName) ?? 0..<0, key)
            }
        }
    }
}
