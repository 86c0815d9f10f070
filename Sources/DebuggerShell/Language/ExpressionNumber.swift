/// A number as the debugger's MASM evaluator reads it (`debugger-commands.md` §2.1).
struct ExpressionNumber: Hashable {
    /// The value, sign-extended where the debugger does that.
    let value: UInt64

    /// Reads a word: `0x1f`, `1fh`, `0n10`, `0t17`, `0y101`, `ffffb808`3ea02650`, or digits of the radix.
    ///
    /// A bare constant of at most 32 bits with the top bit set is sign-extended, as in a kernel session; a back-quote switches that off.
    ///
    /// - Returns: nil where the word is no number, or one of more than 64 bits.
    init?(_ word: some StringProtocol, radix: Int) {
        let bytes = Array(word.utf8.map(\.lowered))
        guard let first = bytes.first, first != Self.backquote else { return nil }
        if first == UInt8(ascii: "0"), bytes.count >= 2, let radix = Self.radix(ofPrefix: bytes[1]) {
            let digits = bytes[2...]
            guard !digits.isEmpty else {
                self.init(value: 0)
                return
            }
            self.init(digits: digits, radix: radix)
        } else if bytes.last == UInt8(ascii: "h"), bytes.count >= 2 {
            self.init(digits: bytes.dropLast(), radix: 16)
        } else {
            self.init(digits: bytes[...], radix: radix)
        }
    }

    private init(value: UInt64) { self.value = value }

    private static let backquote = UInt8(ascii: "`")

    private static func radix(ofPrefix byte: UInt8) -> Int? {
        switch byte {
        case UInt8(ascii: "x"): 16
        case UInt8(ascii: "n"): 10
        case UInt8(ascii: "t"): 8
        case UInt8(ascii: "y"): 2
        default: nil
        }
    }

    private init?(digits: ArraySlice<UInt8>, radix: Int) {
        var value: UInt64 = 0
        var hasBackquote = false
        for byte in digits {
            if byte == Self.backquote {
                hasBackquote = true
                continue
            }
            guard let digit = Self.digit(byte), digit < radix else { return nil }
            let (product, overflow) = value.multipliedReportingOverflow(by: UInt64(radix))
            let (sum, carry) = product.addingReportingOverflow(UInt64(digit))
            guard !overflow, !carry else { return nil }
            value = sum
        }
        let isShort = digits.count <= 8
        if radix == 16, isShort, !hasBackquote, value >= 0x8000_0000 { value |= 0xFFFF_FFFF_0000_0000 }
        self.init(value: value)
    }

    private static func digit(_ byte: UInt8) -> Int? {
        switch byte {
        case 0x30...0x39: Int(byte &- 0x30)
        case 0x61...0x66: Int(byte &- 0x61) + 10
        default: nil
        }
    }
}
