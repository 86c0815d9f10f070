import AddressTranslation
import BinaryReading

/// The kernel's object types by their index, and what its headers lay over a type index.
struct TypeTable {
    /// Type objects; null at the first two places, which are no types.
    var objects: [VirtualAddress] = []
    /// Their names; nil where a name is not in the dump.
    var names: [String?] = []
    /// nil on kernels without cookie, which store the index plainly.
    var cookie: UInt8?
    /// Index of the type of processes, of threads and of tokens.
    var process: Int?
    var thread: Int?
    var token: Int?

    /// Index of the type of that name.
    func index(named name: String) -> Int? { names.firstIndex(of: name) }
}

extension LayoutTrial {
    private static var typeOfTypes: Int { 2 }
    /// Entry 1 on 7 and 8.1; later it is an address that no page has.
    private static var oldGuard: VirtualAddress { VirtualAddress(0xBAD0_B0B0) }
    /// Arrays that are read through.
    private static var mostTables: Int { 64 }
    /// No kernel has fewer types.
    private static var fewestTypes: Int { 24 }

    /// Finds `ObTypeIndexTable`, the array whose entry 2 is the type of types and whose every entry has its place as index, and the
    /// cookie, which the headers of all these type objects show alike (`formats.md` §4.3).
    mutating func findTypes() throws(LayoutRefusal) {
        guard let (table, found) = typeTable(hasGuard: true) ?? typeTable(hasGuard: false) else {
            throw LayoutRefusal("no array of object types is in the image")
        }
        types = found
        note("ObTypeIndexTable", at: table, "the array in the image whose entries have their places as index")
        findCookie()
        types.process = try type("Process", of: systemProcess)
        types.token = try type("Token", of: probe.primaryToken(of: systemProcess))
        types.thread = try type("Thread", of: firstThread(of: systemProcess))
        for process in processes {
            tally.count(isOfType(types.process, process), "processes have the header of a process")
        }
        noteTypeVariables(table)
    }

    /// The first array whose entry 2 is the type of types.
    ///
    /// - Parameter hasGuard: Whether entry 1 must be the guard that Windows puts there: other lists of all types have none.
    private func typeTable(hasGuard: Bool) -> (VirtualAddress, TypeTable)? {
        let index = layout.offset("_OBJECT_TYPE.Index")
        var tried = 0
        for entry in ground.pointers.entries where entry.value.rawValue & 0xF == 0 && tried < Self.mostTables {
            guard (try? memory.load(UInt8.self, at: entry.value + index)) == UInt8(Self.typeOfTypes) else { continue }
            let table = ground.place.base + (Int(entry.rva) - 8 * Self.typeOfTypes)
            guard (try? memory.load(UInt64.self, at: table)) == 0,
                let second = try? memory.loadAddress(at: table + 8), second != entry.value, !second.isNull,
                !hasGuard || second == Self.oldGuard || (second.isKernel && second.pageOffset == 0)
            else { continue }
            tried += 1
            let found = readTypes(table)
            guard found.objects.count >= Self.fewestTypes, (found.names[Self.typeOfTypes] ?? "Type") == "Type" else {
                continue
            }
            return (table, found)
        }
        return nil
    }

    /// The index of a type: by its name, else by an object of it, which must not say otherwise.
    private func type(_ name: String, of object: VirtualAddress?) throws(LayoutRefusal) -> Int? {
        let own = object.flatMap { typeIndex(of: $0) }
        guard let own else { return types.index(named: name) }
        guard types.names.indices.contains(own), (types.names[own] ?? name) == name else {
            throw LayoutRefusal("the header of what should be a \(name.lowercased()) names another type")
        }
        return own
    }

    private func name(of type: VirtualAddress) -> String? {
        probe.text(at: type + layout.offset("_OBJECT_TYPE.Name"), limit: 0x80)
    }

    private func readTypes(_ table: VirtualAddress) -> TypeTable {
        var found = TypeTable(objects: [.null, .null], names: ["", ""])
        let index = layout.offset("_OBJECT_TYPE.Index")
        while found.objects.count < 256,
            let object = try? memory.loadAddress(at: table + 8 * found.objects.count), object.isKernel
        {
            let isRight = (try? memory.load(UInt8.self, at: object + index)).map { Int($0) == found.objects.count }
            guard isRight != false else { break }
            found.objects.append(object)
            found.names.append(name(of: object))
        }
        return found
    }

    private mutating func findCookie() {
        let headers = types.objects.dropFirst(Self.typeOfTypes).compactMap { object -> (stored: UInt8, byte: UInt8)? in
            probe.storedTypeIndex(of: object).map {
                ($0, UInt8(truncatingIfNeeded: probe.header(of: object).rawValue >> 8))
            }
        }
        guard let first = headers.first else { return }
        let plain = UInt8(Self.typeOfTypes)
        if headers.contains(where: { $0.stored != plain }) { types.cookie = first.stored ^ first.byte ^ plain }
        for header in headers {
            let index = types.cookie.map { header.stored ^ header.byte ^ $0 } ?? header.stored
            tally.count(index == plain, "type objects are of the type of types")
        }
    }

    /// The index of an object's type; nil where its header is not in the dump.
    func typeIndex(of object: VirtualAddress) -> Int? {
        guard let stored = probe.storedTypeIndex(of: object) else { return nil }
        let byte = UInt8(truncatingIfNeeded: probe.header(of: object).rawValue >> 8)
        return Int(types.cookie.map { stored ^ byte ^ $0 } ?? stored)
    }

    /// Whether an object is of a type; nil where that cannot be told.
    func isOfType(_ type: Int?, _ object: VirtualAddress) -> Bool? {
        guard let type, let index = typeIndex(of: object) else { return nil }
        return index == type
    }

    /// The variables that hold the three types: exported, else the only or first pointer to the type object besides the table.
    private mutating func noteTypeVariables(_ table: VirtualAddress) {
        let variables = [
            ("SeTokenObjectType", types.token), ("PsProcessType", types.process), ("PsThreadType", types.thread),
        ]
        for case (let symbol, let index?) in variables {
            let object = types.objects[index]
            if let address = ground.export(symbol), (try? memory.loadAddress(at: address)) == object {
                note(symbol, at: address, "exported")
                continue
            }
            let slots = table..<(table + 8 * types.objects.count)
            let places = ground.pointers.places(of: object).map { ground.place.base + Int($0) }
            if let address = places.first(where: { !slots.contains($0) }) ?? places.first {
                note(symbol, at: address, "a pointer in the image to that type's object")
            }
        }
    }
}
