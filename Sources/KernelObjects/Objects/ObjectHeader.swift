import AddressTranslation
import BinaryReading
import KernelProfiles

/// An `_OBJECT_HEADER`: the counters and the type byte in front of every executive object (`formats.md` §7.1).
struct ObjectHeader: Hashable, Sendable {
    /// `PointerCount`.
    let pointerCount: Int64
    /// `HandleCount`.
    let handleCount: Int64
    /// `TypeIndex` as it is stored, masked on builds with a cookie.
    let storedTypeIndex: UInt8
    /// `InfoMask`: which optional headers stand before this one.
    let infoMask: UInt8
}

/// Offsets inside `_OBJECT_HEADER`.
struct ObjectHeaderLayout: Sendable {
    /// Bytes from the start of the header to the object's body.
    let bodyOffset: Int
    private let pointerCount: Int
    private let handleCount: Int
    private let typeIndex: Int
    private let infoMask: Int
    /// Bytes of the optional header of each bit of `InfoMask`, from bit 0 up: creator, name, handle, quota, process, audit, extended.
    private let optionalByteCounts: [Int]

    init(_ profile: KernelProfile) throws(LayoutError) {
        let fields = try FieldOffsets(of: "_OBJECT_HEADER", in: profile)
        bodyOffset = try fields.offset("Body")
        pointerCount = try fields.offset("PointerCount")
        handleCount = try fields.offset("HandleCount")
        typeIndex = try fields.offset("TypeIndex", byteCount: 1)
        infoMask = try fields.offset("InfoMask", byteCount: 1)
        // Bit 6 was handle revocation on 10240 and 10586 (`formats.md` §7.2).
        let last = profile.structure(named: "_OBJECT_HEADER_HANDLE_REVOCATION_INFO")?.byteCount ?? 0x10
        optionalByteCounts = [0x20, 0x20, 0x10, 0x20, 0x10, 0x10, last]
    }

    /// Decodes a header whose first byte lies at `offset`.
    func header(in bytes: RawSpan, at offset: Int = 0) -> ObjectHeader {
        ObjectHeader(
            pointerCount: bytes.value(at: offset + pointerCount), handleCount: bytes.value(at: offset + handleCount),
            storedTypeIndex: bytes.value(at: offset + typeIndex), infoMask: bytes.value(at: offset + infoMask))
    }

    /// Bytes of all optional headers that a mask names; padding (bit 7) is not counted.
    func optionalByteCount(_ mask: UInt8) -> Int {
        optionalByteCounts.enumerated().reduce(0) { mask >> UInt8($1.offset) & 1 == 1 ? $0 + $1.element : $0 }
    }
}
