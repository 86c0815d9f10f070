/// Bytes of a text under way: appended one after another, handed over, and started anew.
@safe
struct ByteBuffer: ~Copyable {
    private var memory: UnsafeMutableRawBufferPointer
    private(set) var count = 0

    init(capacity: Int) {
        unsafe memory = UnsafeMutableRawBufferPointer.allocate(byteCount: max(capacity, 64), alignment: 16)
    }

    deinit { unsafe memory.deallocate() }

    /// Makes room for more bytes.
    @inline(__always)
    mutating func reserve(_ byteCount: Int) {
        if unsafe memory.count - count < byteCount { grow(by: byteCount) }
    }

    private mutating func grow(by byteCount: Int) {
        let larger = UnsafeMutableRawBufferPointer.allocate(
            byteCount: max(unsafe memory.count * 2, count + byteCount), alignment: 16)
        unsafe larger.copyMemory(from: UnsafeRawBufferPointer(rebasing: memory[0..<count]))
        unsafe memory.deallocate()
        unsafe memory = larger
    }

    /// Appends a byte.
    @inline(__always)
    mutating func append(_ byte: UInt8) {
        reserve(1)
        unsafe memory[count] = byte
        count += 1
    }

    /// Appends a text of the program's own.
    @inline(__always)
    mutating func append(_ text: StaticString) {
        text.withUTF8Buffer { bytes in unsafe append(UnsafeRawBufferPointer(bytes)) }
    }

    mutating func append(_ bytes: [UInt8]) { unsafe bytes.withUnsafeBytes { unsafe append($0) } }

    mutating func append(_ text: Substring.UTF8View) { for byte in text { append(byte) } }

    @unsafe @inline(__always)
    mutating func append(_ bytes: UnsafeRawBufferPointer) {
        reserve(bytes.count)
        guard let source = bytes.baseAddress, let target = unsafe memory.baseAddress else { return }
        unsafe (target + count).copyMemory(from: source, byteCount: bytes.count)
        count += bytes.count
    }

    /// Appends a number in decimal.
    mutating func append(decimal number: UInt64) {
        var divisor: UInt64 = 1
        while number / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            append(UInt8(ascii: "0") + UInt8(truncatingIfNeeded: number / divisor % 10))
            divisor /= 10
        }
    }

    /// Appends a number in hex: lower case, without zeros in front.
    @inline(__always)
    mutating func append(hex number: UInt64) {
        let digits = max(1, (67 - number.leadingZeroBitCount) >> 2)
        reserve(digits)
        var rest = number
        var position = count + digits
        while position > count {
            position -= 1
            let digit = UInt8(truncatingIfNeeded: rest & 0xF)
            unsafe memory[position] = digit + (digit < 10 ? UInt8(ascii: "0") : UInt8(ascii: "a") - 10)
            rest >>= 4
        }
        count += digits
    }

    /// A copy of what was appended from a position on.
    func bytes(from start: Int = 0) -> [UInt8] {
        guard start < count else { return [] }
        return unsafe [UInt8](memory[start..<count])
    }

    /// Forgets all bytes and keeps the memory.
    mutating func removeAll() { count = 0 }
}
