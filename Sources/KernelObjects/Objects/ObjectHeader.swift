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

/// Which object types this kernel has, and how a header says its type.
struct ObjectTypes: Sendable {
    /// `ObHeaderCookie`; zero on builds before 10240, which store the type index plainly; nil where it cannot be read.
    private let cookie: UInt8?
    /// Whether the header's address takes part (builds with a cookie).
    private let usesAddress: Bool
    /// `Index` of the Token, Process and Thread types; nil where the type object cannot be read.
    let token: UInt8?
    let process: UInt8?
    let thread: UInt8?
    /// Counters of the Token type; nil where the type object cannot be read.
    let tokenTotals: ObjectTypeTotals?

    init(_ context: ReadingContext) {
        if let address = context.address(of: "ObHeaderCookie") {
            usesAddress = true
            cookie = try? context.memory.load(UInt8.self, at: address)
        } else {
            usesAddress = false
            cookie = 0
        }
        let layout = try? ObjectTypeLayout(context.profile)
        func type(_ symbol: String) -> ObjectTypeLayout.Facts? {
            guard let variable = context.address(of: symbol), let layout,
                let object = try? context.memory.loadAddress(at: variable)
            else { return nil }
            return layout.read(object, in: context.memory)
        }
        let tokenType = type("SeTokenObjectType")
        token = tokenType?.index
        tokenTotals = tokenType?.totals
        process = type("PsProcessType")?.index
        thread = type("PsThreadType")?.index
    }

    /// The type index that a header at an address stores; nil where the cookie cannot be read.
    func index(of header: ObjectHeader, at address: VirtualAddress) -> UInt8? {
        guard let cookie else { return nil }
        guard usesAddress else { return header.storedTypeIndex }
        return header.storedTypeIndex ^ cookie ^ UInt8(truncatingIfNeeded: address.rawValue >> 8)
    }

    /// Whether a header may belong to an object of a type: true also where it cannot be told.
    func mayBe(_ type: UInt8?, _ header: ObjectHeader, at address: VirtualAddress) -> Bool {
        guard let type, let index = index(of: header, at: address) else { return true }
        return index == type
    }
}

/// Offsets inside `_OBJECT_TYPE`.
private struct ObjectTypeLayout {
    struct Facts {
        let index: UInt8
        let totals: ObjectTypeTotals
    }

    private let byteCount: Int
    private let index: Int
    private let objects: Int
    private let handles: Int

    init(_ profile: KernelProfile) throws(LayoutError) {
        let fields = try FieldOffsets(of: "_OBJECT_TYPE", in: profile)
        byteCount = fields.layout.byteCount
        index = try fields.offset("Index", byteCount: 1)
        objects = try fields.offset("TotalNumberOfObjects", byteCount: 4)
        handles = try fields.offset("TotalNumberOfHandles", byteCount: 4)
    }

    func read(_ address: VirtualAddress, in memory: VirtualMemory) -> Facts? {
        guard address.isKernel else { return nil }
        return try? memory.withBytes(at: address, count: byteCount) { bytes in
            Facts(
                index: bytes.value(at: index),
                totals: ObjectTypeTotals(objects: bytes.value(at: objects), handles: bytes.value(at: handles)))
        }
    }
}
