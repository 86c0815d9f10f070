import BinaryReading

/// What a record of a structure, class, union or enumeration says: sizes, its field list, and where its names stand.
struct UserTypeRecord {
    /// What kind of type it is.
    enum Kind {
        case structure, `class`, interface, union, enumeration

        /// Structures, classes and interfaces stand for each other in forward references.
        var family: Int {
            switch self {
            case .structure, .class, .interface: 0
            case .union: 1
            case .enumeration: 2
            }
        }
    }

    let kind: Kind
    let properties: UInt32
    let fieldList: TypeIndex
    /// The integer behind an enumeration; none for the others.
    let underlying: TypeIndex
    let byteCount: UInt64
    let name: Range<Int>
    /// The decorated name; nil where the record has none.
    let uniqueName: Range<Int>?

    var isForwardReference: Bool { properties & 0x80 != 0 }

    /// The kind of a leaf, and whether it is of the newer form.
    private static func kind(of leaf: UInt16) -> (kind: Kind, isNew: Bool)? {
        switch leaf {
        case 0x1504: (.class, false)
        case 0x1505: (.structure, false)
        case 0x1519: (.interface, false)
        case 0x1506: (.union, false)
        case 0x1507: (.enumeration, false)
        case 0x1608: (.class, true)
        case 0x1609: (.structure, true)
        case 0x160A: (.union, true)
        case 0x160B: (.interface, true)
        default: nil
        }
    }

    /// Reads a record; nil where the leaf is another or the record is cut off.
    init?(_ bytes: RawSpan, leaf: UInt16, body: Range<Int>) {
        guard let (kind, isNew) = Self.kind(of: leaf), body.upperBound <= bytes.byteCount else { return nil }
        self.kind = kind
        let start = body.lowerBound
        func word(_ offset: Int) -> UInt32? {
            start + offset <= body.upperBound - 4 ? bytes.loadIfPresent(UInt32.self, at: start + offset) : nil
        }
        var position: Int
        if isNew {
            // u32 properties, u32 fields, [u32 derived, u32 shape], u16 count.
            guard let properties = word(0), let fields = word(4) else { return nil }
            (self.properties, fieldList, underlying) = (properties, TypeIndex(fields), TypeIndex(0))
            position = start + (kind == .union ? 10 : 18)
        } else {
            guard let head = word(0), let first = word(4) else { return nil }
            properties = head >> 16
            if kind == .enumeration {
                guard let fields = word(8) else { return nil }
                (underlying, fieldList) = (TypeIndex(first), TypeIndex(fields))
                position = start + 12
            } else {
                (underlying, fieldList) = (TypeIndex(0), TypeIndex(first))
                position = start + (kind == .union ? 8 : 16)
            }
        }
        if kind == .enumeration {
            byteCount = 0
        } else {
            guard let size = NumericLeaf(bytes, at: position, limit: body.upperBound) else { return nil }
            byteCount = size.bits
            position = size.end
        }
        guard position <= body.upperBound else { return nil }
        name = position..<bytes.endOfText(at: position, limit: body.upperBound)
        let next = name.upperBound + 1
        uniqueName =
            properties & 0x200 != 0 && next < body.upperBound
            ? next..<bytes.endOfText(at: next, limit: body.upperBound) : nil
    }
}
