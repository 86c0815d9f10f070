import BinaryReading

/// What the names in an expression stand for.
protocol ExpressionContext {
    /// The radix of digits without prefix: 16 unless the user changed it.
    var radix: Int { get }
    /// The value of a register or pseudo-register, named in lower case without `@`; nil where there is none.
    func registerValue(_ name: String) -> UInt64?
    /// The address of `module!symbol`, of a symbol of any module, or of a module; nil where there is none.
    func symbolValue(_ name: String) -> UInt64?
    /// An unsigned integer of 1, 2, 4 or 8 bytes in virtual or physical memory; nil where it cannot be read.
    func loadValue(byteCount: Int, at address: UInt64, isPhysical: Bool) -> UInt64?
}
