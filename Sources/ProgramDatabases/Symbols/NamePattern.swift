import BinaryReading

/// A pattern over names: `*` stands for any number of characters, `?` for one; nothing else is special.
public struct NamePattern: Hashable, Sendable {
    /// The pattern as it was given.
    public let text: String
    /// Whether ASCII letters of either case are the same.
    public let foldsCase: Bool
    private let pattern: [UInt8]

    /// Makes a pattern.
    ///
    /// - Parameters:
    ///   - text: The pattern.
    ///   - foldsCase: Whether ASCII letters of either case are the same.
    public init(_ text: String, foldingCase foldsCase: Bool = false) {
        self.text = text
        self.foldsCase = foldsCase
        pattern = foldsCase ? text.utf8.map(Self.folded) : Array(text.utf8)
    }

    /// Whether a text holds `*` or `?`.
    public static func isPattern(_ text: String) -> Bool {
        text.utf8.contains { $0 == UInt8(ascii: "*") || $0 == UInt8(ascii: "?") }
    }

    private static func folded(_ byte: UInt8) -> UInt8 { (0x41...0x5A).contains(byte) ? byte | 0x20 : byte }

    /// Whether a name fits.
    public func matches(_ name: String) -> Bool {
        var name = name
        return name.withUTF8 { unsafe matches($0.span.bytes, in: 0..<$0.count) }
    }

    /// Whether the bytes of a range fit. Time grows with the product of both lengths at most: only the last `*` is tried anew.
    func matches(_ bytes: RawSpan, in range: Range<Int>) -> Bool {
        var position = range.lowerBound
        var place = 0
        var retry: (place: Int, position: Int)?
        while position < range.upperBound {
            guard let raw = bytes.loadIfPresent(UInt8.self, at: position) else { return false }
            let byte = foldsCase ? Self.folded(raw) : raw
            if place < pattern.count, pattern[place] == UInt8(ascii: "*") {
                place += 1
                retry = (place, position)
            } else if place < pattern.count, pattern[place] == UInt8(ascii: "?") {
                place += 1
                position = Self.next(after: position, bytes, range.upperBound)
            } else if place < pattern.count, pattern[place] == byte {
                place += 1
                position += 1
            } else if let last = retry {
                place = last.place
                position = last.position + 1
                retry = (place, position)
            } else {
                return false
            }
        }
        while place < pattern.count, pattern[place] == UInt8(ascii: "*") { place += 1 }
        return place == pattern.count
    }

    /// The byte behind a UTF-8 character.
    private static func next(after position: Int, _ bytes: RawSpan, _ limit: Int) -> Int {
        var next = position + 1
        while next < limit, let byte = bytes.loadIfPresent(UInt8.self, at: next), byte & 0xC0 == 0x80 { next += 1 }
        return next
    }
}
