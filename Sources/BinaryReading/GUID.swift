/// A 128-bit identifier as it lies in memory: one u32, two u16 and eight bytes.
public struct GUID: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// First field.
    public let data1: UInt32
    /// Second field.
    public let data2: UInt16
    /// Third field.
    public let data3: UInt16
    /// The last eight bytes, the first of them in the highest bits.
    public let data4: UInt64

    /// Makes an identifier of its fields; the first byte of `data4` stands in its highest bits.
    public init(data1: UInt32, data2: UInt16, data3: UInt16, data4: UInt64) {
        self.data1 = data1
        self.data2 = data2
        self.data3 = data3
        self.data4 = data4
    }

    /// Reads the sixteen bytes at an offset.
    ///
    /// - Throws: `OutOfBounds` where they do not lie wholly inside the span.
    public init(_ bytes: RawSpan, at offset: Int) throws(OutOfBounds) {
        data1 = try bytes.load(at: offset)
        data2 = try bytes.load(at: offset + 4)
        data3 = try bytes.load(at: offset + 6)
        data4 = try bytes.load(UInt64.self, at: offset + 8).byteSwapped
    }

    /// Reads 32 hex digits in symbol-server order, with or without dashes; nil where the text is something else.
    public init?(symbolServerText text: some StringProtocol) {
        let digits = String(text.filter { $0 != "-" && $0 != "{" && $0 != "}" })
        guard digits.count == 32, digits.allSatisfy(\.isHexDigit) else { return nil }
        guard let high = UInt64(digits.prefix(16), radix: 16), let low = UInt64(digits.suffix(16), radix: 16) else {
            return nil
        }
        data1 = UInt32(truncatingIfNeeded: high >> 32)
        data2 = UInt16(truncatingIfNeeded: high >> 16)
        data3 = UInt16(truncatingIfNeeded: high)
        data4 = low
    }

    /// 32 upper-case hex digits without dashes, the order in which symbol servers write it.
    public var symbolServerText: String {
        (UInt64(data1).paddedHexDigits(8) + UInt64(data2).paddedHexDigits(4) + UInt64(data3).paddedHexDigits(4)
            + data4.paddedHexDigits(16)).uppercased()
    }

    /// Orders by symbol-server text.
    public static func < (left: GUID, right: GUID) -> Bool {
        (left.data1, left.data2, left.data3, left.data4) < (right.data1, right.data2, right.data3, right.data4)
    }

    /// The symbol-server text.
    public var description: String { symbolServerText }
}

/// What ties an image to its symbol file: the RSDS record of the image's debug directory.
public struct PDBIdentity: Hashable, Sendable, CustomStringConvertible {
    /// File name of the symbol file, as the image gives it: `ntkrnlmp.pdb`.
    public let name: String
    /// The identifier shared by image and symbol file.
    public let guid: GUID
    /// How often the symbol file had been written when the image was linked.
    public let age: UInt32

    /// Makes an identity of its three parts.
    public init(name: String, guid: GUID, age: UInt32) {
        self.name = name
        self.guid = guid
        self.age = age
    }

    /// The folder name in a symbol store: GUID and age joined, upper case.
    public var storeKey: String { guid.symbolServerText + String(age, radix: 16).uppercased() }

    /// Name and store key.
    public var description: String { "\(name) \(storeKey)" }
}
