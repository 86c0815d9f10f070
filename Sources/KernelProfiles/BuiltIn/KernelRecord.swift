import BinaryReading

/// What a collection says about one kernel before its layouts and symbols.
struct KernelRecord: Sendable {
    let identity: PDBIdentity?
    let version: String
    let build: Int
    /// Number of its layout set.
    let layoutSet: Int
    /// Number of the kernel that its symbols and functions are written against; nil for one that stands alone.
    let reference: Int?
    let invalidPTEMask: KernelProfile.InvalidPTEMaskLocation?
}

extension ProfileCollection {
    /// Reads one kernel's record: GUID and age (kernels with identity), then numbers.
    func kernel(at index: Int, in section: Section) -> KernelRecord? {
        guard let kernels = list(section), var cursor = kernels.cursor(at: index) else { return nil }
        var key: (guid: GUID, age: UInt32)?
        if section == .kernels {
            key = guidAndAge(at: cursor.position)
            guard key != nil else { return nil }
            cursor.skip(20)
        }
        guard let name = text(cursor.count()), let version = text(cursor.count()), let build = cursor.count(),
            let layoutSet = cursor.count(), let reference = cursor.count(), let maskKind = cursor.count(),
            let maskPlace = cursor.number()
        else { return nil }
        return KernelRecord(
            identity: key.map { PDBIdentity(name: name, guid: $0.guid, age: $0.age) }, version: version, build: build,
            layoutSet: layoutSet, reference: reference == 0 ? nil : reference - 1,
            invalidPTEMask: Self.maskLocation(kind: maskKind, place: UInt32(truncatingIfNeeded: maskPlace)))
    }

    private func guidAndAge(at start: Int) -> (guid: GUID, age: UInt32)? {
        guard let data1 = bytes.word(at: start), let middle = bytes.word(at: start + 4),
            let data4 = bytes.doubleWord(at: start + 8), let age = bytes.word(at: start + 16)
        else { return nil }
        let guid = GUID(
            data1: UInt32(truncatingIfNeeded: data1), data2: UInt16(truncatingIfNeeded: middle),
            data3: UInt16(truncatingIfNeeded: middle >> 16), data4: data4.byteSwapped)
        return (guid, UInt32(truncatingIfNeeded: age))
    }

    private static func maskLocation(kind: Int, place: UInt32) -> KernelProfile.InvalidPTEMaskLocation? {
        switch kind {
        case 1: .variable(rva: place)
        case 2: .insideMiState(offset: place)
        default: nil
        }
    }
}
