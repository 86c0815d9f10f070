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
}

/// Offsets inside `_OBJECT_HEADER`.
struct ObjectHeaderLayout: Sendable {
    /// Bytes from the start of the header to the object's body.
    let bodyOffset: Int
    private let pointerCount: Int
    private let handleCount: Int
    private let typeIndex: Int

    init(_ profile: KernelProfile) throws(LayoutError) {
        let fields = try FieldOffsets(of: "_OBJECT_HEADER", in: profile)
        bodyOffset = try fields.offset("Body")
        pointerCount = try fields.offset("PointerCount")
        handleCount = try fields.offset("HandleCount")
        typeIndex = try fields.offset("TypeIndex", byteCount: 1)
    }

    /// Decodes a header whose first byte lies at `offset`.
    func header(in bytes: RawSpan, at offset: Int = 0) -> ObjectHeader {
        ObjectHeader(
            pointerCount: bytes.value(at: offset + pointerCount), handleCount: bytes.value(at: offset + handleCount),
            storedTypeIndex: bytes.value(at: offset + typeIndex))
    }
}
