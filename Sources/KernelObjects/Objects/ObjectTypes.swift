import AddressTranslation
import BinaryReading
import KernelProfiles
import KernelSymbols

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
    /// `Name` of each type by its index; empty where the table or a type object cannot be read.
    private let names: [String]

    /// What stands in place of a type's name where an object's header cannot be read.
    static let unreadableName = "unreadable"
    private static let nameLimit = 0x200

    init(_ context: ReadingContext) {
        if let address = context.address(of: "ObHeaderCookie") {
            usesAddress = true
            cookie = try? context.memory.load(UInt8.self, at: address)
        } else if let inferred = context.kernel.inference?.objectHeaderCookie {
            usesAddress = true
            cookie = inferred
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
        names = Self.names(context, layout)
    }

    /// The names in `ObTypeIndexTable`, whose first two entries are no types and which ends at the first null pointer behind them.
    private static func names(_ context: ReadingContext, _ layout: ObjectTypeLayout?) -> [String] {
        guard let table = context.address(of: "ObTypeIndexTable"), let layout else { return [] }
        var names = ["", ""]
        while names.count < 256, let object = try? context.memory.loadAddress(at: table + 8 * names.count),
            object.isKernel
        {
            let name = layout.name(of: object, in: context.memory)
            names.append((try? name?.text(in: context.memory, limit: nameLimit)) ?? "")
        }
        return names
    }

    /// The name of a type; `type 7` where the kernel's table does not tell.
    func name(of index: UInt8) -> String {
        let name = Int(index) < names.count ? names[Int(index)] : ""
        return name.isEmpty ? "type \(index)" : name
    }

    /// Whether the kernel's table has a type of this index, or the index is that of a type that is known without the table.
    func isKnown(_ index: UInt8) -> Bool {
        if Int(index) < names.count { return !names[Int(index)].isEmpty }
        return [token, process, thread].contains(index)
    }

    /// What kind of handle an object of a type has; nil for types that are only counted.
    func kind(ofIndex index: UInt8?) -> Handle.Kind? {
        guard let index else { return .unreadable }
        if index == token { return .token }
        if index == process { return .process }
        return index == thread ? .thread : nil
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
    private let typeName: Int

    init(_ profile: KernelProfile) throws(LayoutError) {
        let fields = try FieldOffsets(of: "_OBJECT_TYPE", in: profile)
        typeName = try fields.offset("Name", byteCount: UnicodeString.byteCount)
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

    func name(of address: VirtualAddress, in memory: VirtualMemory) -> UnicodeString? {
        try? memory.withBytes(at: address + typeName, count: UnicodeString.byteCount) { UnicodeString($0, at: 0) }
    }
}
