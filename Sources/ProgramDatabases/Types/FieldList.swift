import BinaryReading

/// The members of a structure or the names of an enumeration, with what follows in further records (`pdb/README.md` §1).
struct FieldList {
    struct Member {
        let name: String
        let offset: UInt64
        let type: TypeIndex
    }

    struct Base {
        let type: TypeIndex
        /// Nil for a virtual base.
        let offset: UInt64?
    }

    /// LF_FIELDLIST.
    private static let leaf: UInt16 = 0x1203
    /// Most records of one list: 64 KiB each.
    private static let maximumRecordCount = 4096

    private(set) var members: [Member] = []
    private(set) var bases: [Base] = []
    private(set) var enumerators: [(name: String, bits: UInt64)] = []
    /// Why the list ends early; nil where it was read whole.
    private(set) var problem: String?

    /// A list that is not read.
    static let leftOut = FieldList(problem: "too many types share their lists of members; this one was left out")

    private init(problem: String) { self.problem = problem }

    /// Reads a list from its record on; none where the index is 0.
    init(_ first: TypeIndex, in table: TypeTable) {
        guard first.rawValue != 0 else { return }
        var next: TypeIndex? = first
        var seen: Set<TypeIndex> = []
        while let index = next {
            guard seen.insert(index).inserted, seen.count <= Self.maximumRecordCount else {
                problem = "its list of members continues into itself"
                return
            }
            guard let record = table.record(index), record.leaf == Self.leaf else {
                problem = "type \(index.rawValue.hexText) is no list of members"
                return
            }
            next = table.bytes.withBytes { read($0, record.body) }
        }
    }

    /// What one member says, and where the next begins.
    private enum Step {
        case next(Int)
        case list(TypeIndex)
        case end
    }

    /// Reads one record; returns the record that continues it.
    private mutating func read(_ bytes: RawSpan, _ body: Range<Int>) -> TypeIndex? {
        guard body.upperBound <= bytes.byteCount else { return nil }
        var position = body.lowerBound
        while position < body.upperBound {
            // F1..F3 pad to four bytes; the low half says how far.
            if let pad = bytes.loadIfPresent(UInt8.self, at: position), pad > 0xF0 {
                position += Swift.max(1, Int(pad & 15))
                continue
            }
            switch readMember(bytes, at: position, limit: body.upperBound) {
            case .next(let end): position = end
            case .list(let index): return index
            case .end: return nil
            }
        }
        return nil
    }

    private mutating func readMember(_ bytes: RawSpan, at position: Int, limit: Int) -> Step {
        guard position <= limit - 4, let leaf = bytes.loadIfPresent(UInt16.self, at: position) else { return cut() }
        func word(_ offset: Int) -> UInt32? {
            position + offset <= limit - 4 ? bytes.loadIfPresent(UInt32.self, at: position + offset) : nil
        }
        func typeAndOffset() -> (type: TypeIndex, offset: NumericLeaf)? {
            guard let type = word(4), let offset = NumericLeaf(bytes, at: position + 8, limit: limit) else {
                return nil
            }
            return (TypeIndex(type), offset)
        }
        func afterName(_ start: Int) -> Step { .next(bytes.endOfText(at: start, limit: limit) + 1) }
        switch leaf {
        case 0x150D:
            guard let (type, offset) = typeAndOffset() else { return cut() }
            let end = bytes.endOfText(at: offset.end, limit: limit)
            members.append(Member(name: bytes.text(offset.end..<end), offset: offset.bits, type: type))
            return .next(end + 1)
        case 0x1502:
            guard let value = NumericLeaf(bytes, at: position + 4, limit: limit) else { return cut() }
            let end = bytes.endOfText(at: value.end, limit: limit)
            enumerators.append((bytes.text(value.end..<end), value.bits))
            return .next(end + 1)
        case 0x1400, 0x151A:
            guard let (type, offset) = typeAndOffset() else { return cut() }
            bases.append(Base(type: type, offset: offset.bits))
            return .next(offset.end)
        case 0x1401, 0x1402:
            guard let type = word(4), let first = NumericLeaf(bytes, at: position + 12, limit: limit),
                let second = NumericLeaf(bytes, at: first.end, limit: limit)
            else { return cut() }
            bases.append(Base(type: TypeIndex(type), offset: nil))
            return .next(second.end)
        case 0x150E, 0x1510, 0x150F: return position <= limit - 8 ? afterName(position + 8) : cut()
        case 0x1511:
            guard let attributes = word(0) else { return cut() }
            // An introducing virtual method has its place in the table before the name.
            let kind = (attributes >> 18) & 7
            let start = position + (kind == 4 || kind == 6 ? 12 : 8)
            return start <= limit ? afterName(start) : cut()
        case 0x1409: return .next(position + 8)
        case 0x1404: return word(4).map { .list(TypeIndex($0)) } ?? cut()
        default:
            problem = "a member of unknown kind \(leaf.hexText) at byte \(position) of the records ends its list"
            return .end
        }
    }

    private mutating func cut() -> Step {
        problem = "its list of members is cut off"
        return .end
    }
}
