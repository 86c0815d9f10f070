import BinaryReading
import KernelProfiles

/// The fields of one structure in memory under the names that the kernel's symbols give them.
struct StructureRecord {
    /// Where the structure lies.
    let address: VirtualAddress
    private let layout: StructureLayout
    private let window: MemoryWindow
    private let types: TypeCatalog

    /// Reads a structure; nil where the profile has no such type or its first byte cannot be read.
    init?(_ name: String, at address: VirtualAddress, in session: ShellSession) {
        guard let layout = session.types.structure(name) else { return nil }
        let window = MemoryWindow(at: address, byteCount: layout.byteCount, in: session.memory)
        guard window.isReadable else { return nil }
        self.init(layout, window, at: address, session.types)
    }

    private init(_ layout: StructureLayout, _ window: MemoryWindow, at address: VirtualAddress, _ types: TypeCatalog) {
        self.address = address
        self.layout = layout
        self.window = window
        self.types = types
    }

    /// Distance and layout of a field; a point leads into a structure inside: `Pcb.DirectoryTableBase`.
    private func place(_ path: String) -> (offset: Int, field: FieldLayout)? {
        var layout = layout
        var offset = 0
        var found: FieldLayout?
        for name in path.split(separator: ".") {
            if let outer = found {
                switch outer.type {
                case .structure(let type), .union(let type):
                    guard let inner = types.structure(type) else { return nil }
                    layout = inner
                default: return nil
                }
            }
            guard let field = layout[String(name)] else { return nil }
            offset = offset &+ field.offset
            found = field
        }
        return found.map { (offset, $0) }
    }

    /// Whether the symbols have a field.
    func has(_ path: String) -> Bool { place(path) != nil }

    /// Where a field lies; nil where the symbols have none.
    func address(of path: String) -> VirtualAddress? { place(path).map { address + $0.offset } }

    /// The bytes of a field as an unsigned number, bits of a bit field alone; nil where there are none or they cannot be read.
    func number(_ path: String) -> UInt64? {
        guard let (offset, field) = place(path) else { return nil }
        if case .bits(let bits, let base) = field.type {
            let byteCount = if case .integer(let count, _) = base { count } else { field.byteCount }
            return window.integer(at: offset, byteCount: byteCount).map { bits.extract(from: $0) }
        }
        return window.integer(at: offset, byteCount: min(field.byteCount, 8))
    }

    /// The first of several fields that the symbols have.
    func number(firstOf paths: [String]) -> UInt64? { paths.first(where: has).flatMap(number) }

    /// A pointer; nil where the symbols have none or it cannot be read.
    func pointer(_ path: String) -> VirtualAddress? { number(path).map(VirtualAddress.init) }

    /// A pointer whose low four bits count references (`_EX_FAST_REF`).
    func fastReference(_ path: String) -> VirtualAddress? { number(path).map { VirtualAddress($0 & ~0xF) } }

    /// A time; nil where the field does not hold one.
    func time(_ path: String) -> FileTime? {
        number(path).map(FileTime.init).flatMap { $0.isPlausible ? $0 : nil }
    }

    /// Bytes up to the first zero as text.
    func text(_ path: String, byteCount: Int) -> String? {
        guard let (offset, _) = place(path), let bytes = window.bytes(at: offset, count: byteCount) else { return nil }
        return String(decoding: bytes.prefix { $0 != 0 }.map { $0 < 0x80 ? $0 : UInt8(ascii: "?") }, as: UTF8.self)
    }
}
