import BinaryReading
import KernelProfiles

/// The members of one kernel structure by path, those of embedded structures included: `Pcb.DirectoryTableBase`.
struct StructureShape {
    /// Where a member lies.
    struct Place {
        let offset: Int
        let byteCount: Int
        let bits: BitField?
    }

    let name: String
    let byteCount: Int
    private let places: [String: Place]

    /// Looks a structure up; members of embedded structures are known to a depth of three.
    init(_ name: String, in profile: KernelProfile) throws(ForgeError) {
        guard let layout = profile.structure(named: name) else { throw .profileLacks(name) }
        self.name = name
        byteCount = layout.byteCount
        var places: [String: Place] = [:]
        Self.collect(layout, prefix: "", offset: 0, depth: 0, profile: profile, into: &places)
        self.places = places
    }

    private static func collect(
        _ layout: StructureLayout, prefix: String, offset: Int, depth: Int, profile: KernelProfile,
        into places: inout [String: Place]
    ) {
        for field in layout.fields {
            let path = prefix + field.name
            if places[path] == nil {
                places[path] = Place(
                    offset: offset + field.offset, byteCount: field.byteCount, bits: field.bitField)
            }
            guard depth < 3 else { continue }
            switch field.type {
            case .structure(let inner), .union(let inner):
                guard let embedded = profile.structure(named: inner) else { continue }
                collect(
                    embedded, prefix: path + ".", offset: offset + field.offset, depth: depth + 1, profile: profile,
                    into: &places)
            default: continue
            }
        }
    }

    /// The place of a member, or nil where this kernel's structure has none of that name.
    func place(_ path: String) -> Place? { places[path] }

    /// The offset of a member that every machine needs.
    func offset(_ path: String) throws(ForgeError) -> Int {
        guard let place = places[path] else { throw .profileLacks("\(name).\(path)") }
        return place.offset
    }

    /// An image of zeros of this structure.
    ///
    /// - Parameter tail: Bytes behind the structure.
    func blank(tail: Int = 0) -> StructureImage { StructureImage(shape: self, tail: tail) }
}

/// The bytes of one structure while they are put together.
///
/// Setting a member that this kernel's structure does not have does nothing: layouts differ, and a machine has what its kernel has.
struct StructureImage {
    let shape: StructureShape
    private(set) var bytes: [UInt8]

    init(shape: StructureShape, tail: Int) {
        self.shape = shape
        bytes = [UInt8](repeating: 0, count: shape.byteCount + tail)
    }

    /// Sets an integer, a pointer, a LUID or some bits.
    mutating func set(_ path: String, _ value: UInt64) {
        guard let place = shape.place(path) else { return }
        guard let bits = place.bits else {
            return put(value, byteCount: min(place.byteCount, 8), at: place.offset)
        }
        let word = get(byteCount: min(place.byteCount, 8), at: place.offset)
        put(bits.insert(value, into: word), byteCount: min(place.byteCount, 8), at: place.offset)
    }

    /// Sets a `_LIST_ENTRY`.
    mutating func setLinks(_ path: String, forward: UInt64, backward: UInt64) {
        guard let place = shape.place(path) else { return }
        put(forward, byteCount: 8, at: place.offset)
        put(backward, byteCount: 8, at: place.offset + 8)
    }

    /// Sets a `_UNICODE_STRING`: length in bytes, room for the terminator, buffer.
    mutating func setString(_ path: String, byteCount: Int, buffer: UInt64) {
        guard let place = shape.place(path) else { return }
        put(UInt64(byteCount), byteCount: 2, at: place.offset)
        put(UInt64(byteCount == 0 ? 0 : byteCount + 2), byteCount: 2, at: place.offset + 2)
        put(buffer, byteCount: 8, at: place.offset + 8)
    }

    /// Sets bytes from a member's start on; what does not fit into the image is left out.
    mutating func setBytes(_ path: String, _ source: [UInt8]) {
        guard let place = shape.place(path) else { return }
        putBytes(source, at: place.offset)
    }

    /// Writes the low bytes of a value at an offset.
    mutating func put(_ value: UInt64, byteCount: Int, at offset: Int) {
        guard offset >= 0, offset + byteCount <= bytes.count else { return }
        for index in 0..<byteCount { bytes[offset + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index)) }
    }

    /// Writes bytes at an offset; what does not fit is left out.
    mutating func putBytes(_ source: [UInt8], at offset: Int) {
        for (index, byte) in source.enumerated() where offset + index < bytes.count { bytes[offset + index] = byte }
    }

    private func get(byteCount: Int, at offset: Int) -> UInt64 {
        guard offset + byteCount <= bytes.count else { return 0 }
        return (0..<byteCount).reduce(0) { $0 | UInt64(bytes[offset + $1]) << UInt64(8 * $1) }
    }
}

extension [UInt8] {
    /// Adds the low bytes of a value, little-endian.
    mutating func append(_ value: UInt64, byteCount: Int) {
        for index in 0..<byteCount { append(UInt8(truncatingIfNeeded: value >> UInt64(8 * index))) }
    }

    /// Overwrites with the low bytes of a value, little-endian.
    mutating func put(_ value: UInt64, byteCount: Int, at offset: Int) {
        for index in 0..<byteCount { self[offset + index] = UInt8(truncatingIfNeeded: value >> UInt64(8 * index)) }
    }
}

/// The bytes of a text in UTF-16, little-endian.
func utf16Bytes(_ text: String) -> [UInt8] {
    var bytes: [UInt8] = []
    bytes.reserveCapacity(text.utf16.count * 2)
    for unit in text.utf16 { bytes.append(UInt64(unit), byteCount: 2) }
    return bytes
}
