import BinaryReading

/// A record of a symbol stream that gives something an address: what it is, and where its name stands.
struct SymbolRecord {
    /// What the record describes.
    enum Kind {
        case `public`, data, threadData, function
    }

    let kind: Kind
    /// Where the name begins, and where it ends at the latest.
    private let nameLimits: Range<Int>
    private let isPascal: Bool
    let section: UInt16
    let offset: UInt32
    /// Bytes of a function; nil where the record does not tell.
    let byteCount: UInt32?
    /// Whether the record says that it lies in code.
    let isCode: Bool

    /// How the records of a kind are laid out: where the address stands, where the name, and whether it is a Pascal string.
    private static func form(of kind: UInt16) -> (kind: Kind, address: Int, name: Int, isPascal: Bool)? {
        switch kind {
        case 0x110E: (.public, 8, 14, false)
        case 0x1009: (.public, 8, 14, true)
        case 0x110C, 0x110D: (.data, 8, 14, false)
        case 0x1007, 0x1008: (.data, 8, 14, true)
        case 0x1112, 0x1113: (.threadData, 8, 14, false)
        case 0x110F, 0x1110, 0x1146, 0x1147, 0x1155, 0x1156: (.function, 32, 39, false)
        case 0x100A, 0x100B: (.function, 32, 39, true)
        default: nil
        }
    }

    /// Reads the record whose length stands at `start`; nil for another kind and where it is cut off.
    init?(_ bytes: RawSpan, at start: Int) {
        guard let length = bytes.loadIfPresent(UInt16.self, at: start), length >= 2,
            let code = bytes.loadIfPresent(UInt16.self, at: start + 2), let form = Self.form(of: code)
        else { return nil }
        let end = start + 2 + Int(length)
        guard end <= bytes.byteCount, start + form.name <= end,
            let offset = bytes.loadIfPresent(UInt32.self, at: start + form.address),
            let section = bytes.loadIfPresent(UInt16.self, at: start + form.address + 4)
        else { return nil }
        kind = form.kind
        self.offset = offset
        self.section = section
        byteCount = form.kind == .function ? bytes.loadIfPresent(UInt32.self, at: start + 16) : nil
        let publicFlags = form.kind == .public ? bytes.loadIfPresent(UInt32.self, at: start + 4) ?? 0 : 0
        isCode = form.kind == .function || publicFlags & 3 != 0
        let first = start + form.name
        isPascal = form.isPascal
        if form.isPascal {
            guard let count = bytes.loadIfPresent(UInt8.self, at: first), first + 1 + Int(count) <= end else {
                return nil
            }
            nameLimits = (first + 1)..<(first + 1 + Int(count))
        } else {
            nameLimits = first..<end
        }
    }

    /// Where the name stands; looked for only when asked, because questions about addresses need no names.
    func name(in bytes: RawSpan) -> Range<Int> {
        guard !isPascal else { return nameLimits }
        return nameLimits.lowerBound..<bytes.endOfText(at: nameLimits.lowerBound, limit: nameLimits.upperBound)
    }

    /// Calls `body` with the position of each record; returns where a walk breaks off, nil where it reaches the end.
    static func walk(_ bytes: RawSpan, _ range: Range<Int>, _ body: (Int) -> Void) -> Int? {
        var position = range.lowerBound
        while position < range.upperBound {
            guard let length = bytes.loadIfPresent(UInt16.self, at: position), length >= 2,
                position + 2 + Int(length) <= range.upperBound
            else { return position }
            body(position)
            position += 2 + Int(length)
        }
        return nil
    }
}
