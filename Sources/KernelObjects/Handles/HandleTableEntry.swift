import BinaryReading
import KernelProfiles

/// One `_HANDLE_TABLE_ENTRY` that is in use.
struct HandleTableEntry: Hashable, Sendable {
    /// Address of the object's header.
    let objectHeader: VirtualAddress
    let access: UInt32
    let chargedReferences: UInt32
    let attributes: UInt8
}

/// How this kernel packs a `_HANDLE_TABLE_ENTRY`: decided by the fields in its symbols, not by its build number (`formats.md` §7.4).
struct HandleTableEntryLayout: Sendable {
    private enum ObjectPointer: Sendable {
        /// A pointer with attributes in its three low bits (7600, 7601).
        case plain
        /// The header's address without its four low bits, in some upper bits of the entry.
        case bits(BitField)
    }

    /// Bytes of an entry on x64.
    static let byteCount = 16
    /// GrantedAccess shares its word with other bits above these.
    private static let accessMask: UInt32 = 0x01FF_FFFF

    private let pointer: ObjectPointer
    private let chargedReferences: BitField?
    private let attributes: BitField

    init(_ profile: KernelProfile) throws(LayoutError) {
        let fields = try FieldOffsets(of: "_HANDLE_TABLE_ENTRY", in: profile)
        if let bits = fields.optionalField("ObjectPointerBits")?.bitField {
            pointer = .bits(bits)
            guard let attributes = fields.optionalField("Attributes")?.bitField else {
                throw LayoutError(structure: "_HANDLE_TABLE_ENTRY", field: "Attributes")
            }
            self.attributes = attributes
            chargedReferences = fields.optionalField("RefCnt")?.bitField
        } else {
            guard try fields.offset("Object") == 0 else {
                throw LayoutError(structure: "_HANDLE_TABLE_ENTRY", field: "Object")
            }
            pointer = .plain
            attributes = BitField(position: 0, width: 3)
            chargedReferences = nil
        }
    }

    /// Decodes the two words of an entry; nil where it is free.
    func entry(low: UInt64, high: UInt64) -> HandleTableEntry? {
        let header: UInt64
        switch pointer {
        case .plain: header = low & ~7
        case .bits(let field):
            let shifted = field.extract(from: low) << 4
            // Sign-extend from the field's own highest bit; a constant upper half would be wrong elsewhere (`formats.md` §9 number 22).
            let unused = UInt64(max(0, 60 - field.width))
            header = UInt64(bitPattern: Int64(bitPattern: shifted << unused) >> Int64(unused))
        }
        guard VirtualAddress(header).isKernel else { return nil }
        return HandleTableEntry(
            objectHeader: VirtualAddress(header), access: UInt32(truncatingIfNeeded: high) & Self.accessMask,
            chargedReferences: UInt32(truncatingIfNeeded: chargedReferences?.extract(from: low) ?? 0),
            attributes: UInt8(truncatingIfNeeded: attributes.extract(from: low)))
    }
}
