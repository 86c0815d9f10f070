import CKernelProfiles

/// The bytes of a collection of profiles: the ones inside the program, or a copy of others. They never change.
@safe package final class CollectionBytes: Sendable {
    private nonisolated(unsafe) let buffer: UnsafeRawBufferPointer
    private let isOwned: Bool

    /// The collection inside the program.
    init() {
        unsafe buffer = UnsafeRawBufferPointer(
            start: logonleak_kernel_profiles_start(), count: logonleak_kernel_profiles_size())
        isOwned = false
    }

    /// A copy of other bytes.
    package init(copying bytes: [UInt8]) {
        let copy = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count, alignment: 8)
        unsafe copy.copyBytes(from: bytes)
        unsafe buffer = UnsafeRawBufferPointer(copy)
        isOwned = true
    }

    deinit {
        if isOwned { unsafe buffer.deallocate() }
    }

    /// Number of bytes.
    package var count: Int { unsafe buffer.count }

    /// All bytes, copied.
    package var copy: [UInt8] { unsafe [UInt8](buffer) }

    /// The little-endian u32 at a position, or nil outside.
    func word(at position: Int) -> Int? {
        guard position >= 0, count >= 4, position <= count - 4 else { return nil }
        return unsafe Int(UInt32(littleEndian: buffer.loadUnaligned(fromByteOffset: position, as: UInt32.self)))
    }

    /// The little-endian u64 at a position, or nil outside.
    func doubleWord(at position: Int) -> UInt64? {
        guard position >= 0, count >= 8, position <= count - 8 else { return nil }
        return unsafe UInt64(littleEndian: buffer.loadUnaligned(fromByteOffset: position, as: UInt64.self))
    }

    /// One byte, or nil outside.
    func byte(at position: Int) -> UInt8? {
        guard position >= 0, position < count else { return nil }
        return unsafe buffer[position]
    }

    /// A part of the bytes as text, or nil where it does not lie inside.
    func text(in range: Range<Int>) -> String? {
        guard range.lowerBound >= 0, range.upperBound <= count else { return nil }
        return unsafe String(decoding: buffer[range], as: UTF8.self)
    }
}

/// A position in a collection's bytes that moves on with each read and never passes its end.
struct ByteCursor {
    let bytes: CollectionBytes
    private(set) var position: Int
    let end: Int

    /// A cursor over a range, cut to what there is.
    init(_ bytes: CollectionBytes, in range: Range<Int>) {
        self.bytes = bytes
        position = range.lowerBound
        end = Swift.min(range.upperBound, bytes.count)
    }

    /// One byte, or nil at the end.
    mutating func byte() -> UInt8? {
        guard position < end, let byte = bytes.byte(at: position) else { return nil }
        position += 1
        return byte
    }

    /// Passes over bytes; stops at the end.
    mutating func skip(_ count: Int) { position = Swift.min(position + Swift.max(count, 0), end) }

    /// A number in groups of seven bits, the lowest first; nil at the end or where it is longer than a number can be.
    mutating func number() -> UInt64? {
        var value: UInt64 = 0
        var shift: UInt64 = 0
        while shift < 64, let byte = byte() {
            value |= UInt64(byte & 0x7F) << shift
            if byte < 0x80 { return value }
            shift += 7
        }
        return nil
    }

    /// A number that must fit a count or an index.
    mutating func count() -> Int? {
        guard let value = number(), value <= UInt64(Int32.max) else { return nil }
        return Int(value)
    }

    /// A number with its sign in the lowest bit.
    mutating func signedNumber() -> Int64? {
        guard let value = number() else { return nil }
        return Int64(bitPattern: value >> 1) ^ (0 &- Int64(bitPattern: value & 1))
    }

    /// A signed number that fits 32 bits.
    mutating func signedWord() -> Int32? {
        guard let value = signedNumber() else { return nil }
        return Int32(exactly: value)
    }
}
