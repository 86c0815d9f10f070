import AddressTranslation
import BinaryReading
import KernelProfiles

/// Reads `PsLoadedModuleList` and `MmUnloadedDrivers`.
struct ModuleList {
    private let context: ReadingContext
    private let entry: Layout

    /// Most bytes of a module's path; the loader allows no longer one.
    private static let pathLimit = 0x800
    /// Slots of `MmUnloadedDrivers` (`formats.md` §7.3).
    private static let unloadedSlots = 50
    /// Bytes of an `_UNLOADED_DRIVERS` on x64.
    private static let unloadedByteCount = 0x28
    /// More modules than any machine has.
    private static let moduleLimit = 10_000

    init(_ context: ReadingContext) throws(LayoutError) {
        self.context = context
        entry = try Layout(context.profile)
    }

    /// All loaded modules that can be read, by base address.
    func loadedModules() -> [Module] {
        guard let head = context.address(of: "PsLoadedModuleList") else { return [] }
        let walk = ListWalk(head: head, in: context.memory, limit: Self.moduleLimit)
        if !walk.isComplete {
            context.note(
                .modules, "PsLoadedModuleList", at: head, why: walk.end.text,
                limits: "driver frames of creation stacks may lack their module")
        }
        return walk.nodes.compactMap { module(at: $0 - entry.links) }.sorted { $0.base < $1.base }
    }

    private func module(at address: VirtualAddress) -> Module? {
        let memory = context.memory
        struct Fields {
            let base: VirtualAddress
            let byteCount: UInt32
            let fullName: UnicodeString
            let baseName: UnicodeString
            let timeDateStamp: UInt32?
        }
        do throws(TranslationError) {
            let fields = try memory.withBytes(at: address, count: entry.byteCount) { bytes in
                Fields(
                    base: bytes.address(at: entry.base), byteCount: bytes.value(at: entry.imageByteCount),
                    fullName: UnicodeString(bytes, at: entry.fullName),
                    baseName: UnicodeString(bytes, at: entry.baseName),
                    timeDateStamp: entry.timeDateStamp.map { bytes.value(at: $0) })
            }
            let path = try? fields.fullName.text(in: memory, limit: Self.pathLimit)
            let name = (try? fields.baseName.text(in: memory, limit: Self.pathLimit)) ?? path.map(lastPathPart) ?? "?"
            return Module(
                name: name, path: path, base: fields.base, byteCount: UInt64(fields.byteCount),
                timeDateStamp: fields.timeDateStamp)
        } catch {
            context.note(
                .modules, "entry of PsLoadedModuleList", at: address, why: error.reasonText,
                limits: "frames in this module are not named")
            return nil
        }
    }

    /// Drivers unloaded since boot that the kernel remembers, oldest first.
    func unloadedModules() -> [UnloadedModule] {
        let memory = context.memory
        guard let variable = context.address(of: "MmUnloadedDrivers"),
            let array = try? memory.loadAddress(at: variable), array.isKernel
        else { return [] }
        let next =
            context.address(of: "MmLastUnloadedDriver").flatMap { try? memory.load(UInt32.self, at: $0) }.map {
                Int($0) % Self.unloadedSlots
            } ?? 0
        return (0..<Self.unloadedSlots).compactMap { step in
            let slot = (next + step) % Self.unloadedSlots
            return unloadedModule(at: array + slot * Self.unloadedByteCount)
        }
    }

    private func unloadedModule(at address: VirtualAddress) -> UnloadedModule? {
        let memory = context.memory
        let slot = try? memory.withBytes(at: address, count: Self.unloadedByteCount) { bytes in
            (
                name: UnicodeString(bytes, at: 0), base: bytes.address(at: 0x10), end: bytes.address(at: 0x18),
                time: FileTime(bytes.value(at: 0x20))
            )
        }
        guard let slot, slot.base.isKernel, slot.base < slot.end else { return nil }
        guard let name = try? slot.name.text(in: memory, limit: Self.pathLimit), !name.isEmpty else { return nil }
        return UnloadedModule(
            name: name, base: slot.base, end: slot.end, unloadedAt: slot.time.isPlausible ? slot.time : nil)
    }
}

extension ModuleList {
    /// Offsets inside `_KLDR_DATA_TABLE_ENTRY`, or `_LDR_DATA_TABLE_ENTRY` in tables that have only that (7601, 9600).
    fileprivate struct Layout {
        let byteCount: Int
        let links: Int
        let base: Int
        let imageByteCount: Int
        let fullName: Int
        let baseName: Int
        let timeDateStamp: Int?

        init(_ profile: KernelProfile) throws(LayoutError) {
            let hasKernelEntry = profile.structure(named: "_KLDR_DATA_TABLE_ENTRY") != nil
            let fields = try FieldOffsets(
                of: hasKernelEntry ? "_KLDR_DATA_TABLE_ENTRY" : "_LDR_DATA_TABLE_ENTRY", in: profile)
            links = try fields.offset("InLoadOrderLinks", byteCount: 16)
            base = try fields.offset("DllBase")
            imageByteCount = try fields.offset("SizeOfImage", byteCount: 4)
            fullName = try fields.offset("FullDllName", byteCount: UnicodeString.byteCount)
            baseName = try fields.offset("BaseDllName", byteCount: UnicodeString.byteCount)
            timeDateStamp = fields.optionalOffset("TimeDateStamp", byteCount: 4)
            // The loader's own entry is longer than the kernel's: read only what both have.
            byteCount = max(baseName + UnicodeString.byteCount, (timeDateStamp ?? 0) + 4)
        }
    }
}

/// The part of a path after its last separator.
func lastPathPart(_ path: String) -> String {
    path.lastIndex { $0 == "\\" || $0 == "/" }.map { String(path[path.index(after: $0)...]) } ?? path
}
