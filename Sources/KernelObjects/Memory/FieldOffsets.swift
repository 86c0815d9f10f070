import BinaryReading
import KernelProfiles

/// A structure or field that the analysis cannot do without and that the kernel's profile does not describe.
public struct LayoutError: Error, Hashable, Sendable, CustomStringConvertible {
    /// The structure, spelled as in the symbols.
    public let structure: String
    /// The field; nil where the whole structure is missing or its size is impossible.
    public let field: String?

    /// What is missing, in words.
    public var description: String {
        guard let field else { return "the profile has no usable layout of \(structure)" }
        return "the profile has no usable \(structure).\(field)"
    }
}

/// Looks up the fields of one structure and checks that each lies inside it, so that reading them later needs no check.
struct FieldOffsets {
    let layout: StructureLayout

    /// No kernel structure that we read is larger; a symbol file that says otherwise is damaged.
    private static let largestStructure = 0x4000

    init(of structure: String, in profile: KernelProfile) throws(LayoutError) {
        guard let layout = profile.structure(named: structure), (1...Self.largestStructure).contains(layout.byteCount)
        else {
            throw LayoutError(structure: structure, field: nil)
        }
        self.layout = layout
    }

    /// The field, which must exist and have at least `byteCount` bytes inside the structure.
    func field(_ name: String, byteCount: Int = 8) throws(LayoutError) -> FieldLayout {
        guard let field = optionalField(name, byteCount: byteCount) else {
            throw LayoutError(structure: layout.name, field: name)
        }
        return field
    }

    /// The field's offset; the field must exist.
    func offset(_ name: String, byteCount: Int = 8) throws(LayoutError) -> Int {
        try field(name, byteCount: byteCount).offset
    }

    /// The field, or nil where this kernel has none.
    func optionalField(_ name: String, byteCount: Int = 8) -> FieldLayout? {
        guard let field = layout[name], field.offset >= 0, field.offset <= layout.byteCount - byteCount else {
            return nil
        }
        return field
    }

    /// The field's offset, or nil where this kernel has none.
    func optionalOffset(_ name: String, byteCount: Int = 8) -> Int? {
        optionalField(name, byteCount: byteCount)?.offset
    }
}

extension RawSpan {
    /// An integer at an offset that ``FieldOffsets`` has checked against the size of the structure in this span; zero outside.
    func value<T: FixedWidthInteger & BitwiseCopyable>(_ type: T.Type = T.self, at offset: Int) -> T {
        loadIfPresent(T.self, at: offset) ?? 0
    }

    /// A pointer at a checked offset.
    func address(at offset: Int) -> VirtualAddress { VirtualAddress(value(UInt64.self, at: offset)) }

    /// A pointer at a checked offset, nil where it is null.
    func addressIfSet(at offset: Int) -> VirtualAddress? {
        let address = address(at: offset)
        return address.isNull ? nil : address
    }

    /// ASCII text of at most `limit` bytes that ends at the first NUL; bytes that are no ASCII become U+FFFD.
    func text(at offset: Int, limit: Int, trimmingSpaces: Bool = false) -> String {
        var length = 0
        while length < limit, let byte = loadIfPresent(UInt8.self, at: offset + length), byte != 0 { length += 1 }
        while trimmingSpaces, length > 0, value(UInt8.self, at: offset + length - 1) == 0x20 { length -= 1 }
        guard length > 0 else { return "" }
        if (0..<length).allSatisfy({ value(UInt8.self, at: offset + $0) < 0x80 }) {
            return unsafe String(unsafeUninitializedCapacity: length) { target in
                for index in 0..<length { unsafe target[index] = value(UInt8.self, at: offset + index) }
                return length
            }
        }
        var text = ""
        for index in 0..<length {
            let byte = value(UInt8.self, at: offset + index)
            text.unicodeScalars.append(byte < 0x80 ? Unicode.Scalar(byte) : "\u{FFFD}")
        }
        return text
    }
}
