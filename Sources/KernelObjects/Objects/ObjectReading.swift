import AddressTranslation
package import BinaryReading
import KernelProfiles
package import KernelSymbols

/// Looks at single executive objects: their header, type and name (`formats.md` §7.1, §7.2).
package struct ObjectReading {
    /// What stands before an object's body.
    package struct Facts: Hashable, Sendable {
        /// The object: its body.
        package let address: VirtualAddress
        /// Its `_OBJECT_HEADER`.
        package let header: VirtualAddress
        /// Where the optional headers before it begin, and with them what was allocated; padding is not counted.
        package let allocation: VirtualAddress
        /// `PointerCount`.
        package let pointerCount: Int64
        /// `HandleCount`.
        package let handleCount: Int64
        /// The type's name: `Token`.
        package let typeName: String
        /// Its `_OBJECT_TYPE`; nil where the kernel's table of types does not tell.
        package let type: VirtualAddress?
        /// The directory that lists it; nil where it has no name of that kind.
        package let directory: VirtualAddress?
        /// Its name; nil where it has none or it cannot be read.
        package let name: String?
    }

    private let context: ReadingContext
    private let types: ObjectTypes
    private let layout: ObjectHeaderLayout
    private static let nameLimit = 0x400
    /// Bits of `InfoMask`: creator and name information, closest to the header.
    private static let creatorBit: UInt8 = 1
    private static let nameBit: UInt8 = 2

    /// Makes a reader over a kernel.
    ///
    /// - Throws: `LayoutError` where the profile has no usable `_OBJECT_HEADER`.
    package init(_ kernel: Kernel) throws(LayoutError) {
        context = ReadingContext(kernel)
        types = ObjectTypes(context)
        layout = try ObjectHeaderLayout(context.profile)
    }

    /// Bytes from a header to the body behind it.
    package var bodyOffset: Int { layout.bodyOffset }

    /// What is known of the object at an address; nil where no header of a known type stands before it.
    package func facts(of address: VirtualAddress) -> Facts? {
        guard address.isKernel, address.rawValue & 7 == 0 else { return nil }
        let place = address - layout.bodyOffset
        let read = try? context.memory.withBytes(at: place, count: layout.bodyOffset) { layout.header(in: $0) }
        guard let header = read, let index = types.index(of: header, at: place), types.isKnown(index) else {
            return nil
        }
        let naming = naming(of: header, at: place)
        return Facts(
            address: address, header: place, allocation: place - layout.optionalByteCount(header.infoMask),
            pointerCount: header.pointerCount, handleCount: header.handleCount,
            typeName: types.name(of: index), type: typeObject(index), directory: naming?.directory, name: naming?.name)
    }

    private func typeObject(_ index: UInt8) -> VirtualAddress? {
        guard let table = context.address(of: "ObTypeIndexTable"),
            let object = try? context.memory.loadAddress(at: table + 8 * Int(index)), object.isKernel
        else { return nil }
        return object
    }

    /// The name information before a header: directory and name.
    private func naming(of header: ObjectHeader, at place: VirtualAddress) -> (
        directory: VirtualAddress?, name: String?
    )? {
        guard header.infoMask & Self.nameBit != 0,
            let fields = try? FieldOffsets(of: "_OBJECT_HEADER_NAME_INFO", in: context.profile),
            let directory = fields.optionalOffset("Directory"),
            let name = fields.optionalOffset("Name", byteCount: UnicodeString.byteCount)
        else { return nil }
        let start = place - layout.optionalByteCount(header.infoMask & (Self.creatorBit | Self.nameBit))
        let memory = context.memory
        let read = try? memory.withBytes(at: start, count: fields.layout.byteCount) { bytes in
            (directory: bytes.addressIfSet(at: directory), string: UnicodeString(bytes, at: name))
        }
        return read.map { ($0.directory, try? $0.string.text(in: memory, limit: Self.nameLimit)) }
    }
}
