extension FixedWidthInteger where Self: UnsignedInteger {
    /// Lower-case hex with prefix and without padding: `0x3e7`.
    public var hexText: String { "0x" + String(self, radix: 16) }

    /// Lower-case hex digits without prefix, padded with zeros to `width` digits.
    public func paddedHexDigits(_ width: Int) -> String {
        let digits = String(self, radix: 16)
        return String(repeating: "0", count: Swift.max(0, width - digits.count)) + digits
    }
}

extension UInt64 {
    /// A number from hex text, with or without `0x`, with or without the debugger's backquote; nil where it is none.
    public init?(hexText: some StringProtocol) {
        var digits = String(hexText.filter { $0 != "`" })
        if digits.hasPrefix("0x") || digits.hasPrefix("0X") { digits.removeFirst(2) }
        guard !digits.isEmpty, digits.allSatisfy(\.isHexDigit) else { return nil }
        self.init(digits, radix: 16)
    }
}
