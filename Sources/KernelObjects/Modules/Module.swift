public import BinaryReading

/// An image that the kernel has loaded.
public struct Module: Sendable {
    /// `BaseDllName`: `ntoskrnl.exe`.
    public let name: String
    /// `FullDllName`; nil where it cannot be read.
    public let path: String?
    /// `DllBase`.
    public let base: VirtualAddress
    /// `SizeOfImage` in bytes.
    public let byteCount: UInt64
    /// `TimeDateStamp`; nil where the layout has none.
    public let timeDateStamp: UInt32?

    /// Makes a module of what was read.
    public init(name: String, path: String?, base: VirtualAddress, byteCount: UInt64, timeDateStamp: UInt32?) {
        self.name = name
        self.path = path
        self.base = base
        self.byteCount = byteCount
        self.timeDateStamp = timeDateStamp
    }

    /// Whether an address lies inside the image.
    public func contains(_ address: VirtualAddress) -> Bool {
        guard let distance = address.distance(from: base) else { return false }
        return distance < byteCount
    }
}

/// A driver that was loaded once (`_UNLOADED_DRIVERS`).
public struct UnloadedModule: Sendable {
    /// The name it had.
    public let name: String
    /// Where it began.
    public let base: VirtualAddress
    /// The first byte after it.
    public let end: VirtualAddress
    /// When it was unloaded; nil where the value is not plausible.
    public let unloadedAt: FileTime?

    /// Makes a module of what was read.
    public init(name: String, base: VirtualAddress, end: VirtualAddress, unloadedAt: FileTime?) {
        self.name = name
        self.base = base
        self.end = end
        self.unloadedAt = unloadedAt
    }
}

/// A return address with the name that is certain for it.
public struct StackFrame: Hashable, Sendable {
    /// The return address.
    public let address: VirtualAddress
    /// `nt` for the kernel, else the loader's base name without extension; nil outside every module.
    public let module: String?
    /// The symbol's name; nil where no name is certain.
    public let symbol: String?
    /// Distance from the symbol, else from the module's base; nil outside every module.
    public let displacement: UInt64?
    /// Whether the module was taken from another process, since the one that the frame is of is gone or does not show it: Windows' own
    /// libraries lie at one base in all processes of a boot.
    public var isFromOtherProcess = false

    /// Makes a frame.
    public init(address: VirtualAddress, module: String?, symbol: String?, displacement: UInt64?) {
        self.address = address
        self.module = module
        self.symbol = symbol
        self.displacement = displacement
    }

    /// `nt!SepDuplicateToken+0x1f3`, `driver+0x1234`, or the bare address.
    public var text: String {
        guard let module else { return address.description }
        let name = symbol.map { module + "!" + $0 } ?? module
        guard let displacement, displacement != 0 else { return name }
        return name + "+" + displacement.hexText
    }
}
