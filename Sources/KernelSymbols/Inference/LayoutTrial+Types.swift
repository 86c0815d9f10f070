import AddressTranslation
import BinaryReading

/// The kernel's object types by their index, and what its headers lay over a type index.
struct TypeTable {
    var objects: [VirtualAddress] = []
    var names: [String] = []
    /// nil on kernels without cookie, which store the index plainly.
    var cookie: UInt8?

    /// Address of the type object of that name.
    func object(named name: String) -> VirtualAddress? { names.firstIndex(of: name).map { objects[$0] } }
}

extension LayoutTrial {
    private static var typeOfTypes: Int { 2 }

    /// Finds `ObTypeIndexTable`, the array whose entry 2 is the type of types and whose every entry has its place as index, and the
    /// cookie, which the headers of all these type objects show alike (`formats.md` §4.3).
    mutating func findTypes() throws(LayoutRefusal) {
        let index = layout.offset("_OBJECT_TYPE.Index")
        for entry in ground.pointers.entries where entry.value.rawValue & 0xF == 0 {
            guard (try? memory.load(UInt8.self, at: entry.value + index)) == UInt8(Self.typeOfTypes) else { continue }
            let table = ground.place.base + (Int(entry.rva) - 8 * Self.typeOfTypes)
            guard (try? memory.load(UInt64.self, at: table)) == 0,
                (try? memory.load(UInt64.self, at: table + 8)).map({ $0 != 0 }) == true, name(of: entry.value) == "Type"
            else { continue }
            let found = readTypes(table)
            guard found.names.contains("Process"), found.names.contains("Token") else { continue }
            types = found
            note("ObTypeIndexTable", at: table, "the array in the image whose entries have their places as index")
            findCookie()
            try checkSystemProcessType()
            noteTypeVariables(table)
            return
        }
        throw LayoutRefusal("no array of object types is in the image")
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
            found.names.append(name(of: object) ?? "")
        }
        return found
    }

    private mutating func findCookie() {
        let headers = types.objects.dropFirst(Self.typeOfTypes).compactMap { object -> (stored: UInt8, byte: UInt8)? in
            probe.storedTypeIndex(of: object).map { ($0, UInt8(truncatingIfNeeded: probe.header(of: object).rawValue >> 8)) }
        }
        guard let first = headers.first else { return }
        let plain = UInt8(Self.typeOfTypes)
        if headers.contains(where: { $0.stored != plain }) { types.cookie = first.stored ^ first.byte ^ plain }
        for header in headers {
            let index = types.cookie.map { header.stored ^ header.byte ^ $0 } ?? header.stored
            tally.count(index == plain, "type objects are of the type of types")
        }
    }

    /// The name of an object's type; nil where its header is not in the dump, empty where it names no type.
    func typeName(of object: VirtualAddress) -> String? {
        guard let stored = probe.storedTypeIndex(of: object) else { return nil }
        let byte = UInt8(truncatingIfNeeded: probe.header(of: object).rawValue >> 8)
        let index = Int(types.cookie.map { stored ^ byte ^ $0 } ?? stored)
        return types.names.indices.contains(index) ? types.names[index] : ""
    }

    private mutating func checkSystemProcessType() throws(LayoutRefusal) {
        for process in processes {
            tally.count(typeName(of: process).map { $0 == "Process" }, "processes have the header of a process")
        }
        if let name = typeName(of: systemProcess), name != "Process" {
            throw LayoutRefusal("the header of the System process is not that of a process")
        }
    }

    /// The variables that hold the three types: exported, else the only or first pointer to the type object besides the table.
    private mutating func noteTypeVariables(_ table: VirtualAddress) {
        for (symbol, name) in [("SeTokenObjectType", "Token"), ("PsProcessType", "Process"), ("PsThreadType", "Thread")] {
            guard let object = types.object(named: name) else { continue }
            if let address = ground.export(symbol), (try? memory.loadAddress(at: address)) == object {
                note(symbol, at: address, "exported")
                continue
            }
            let slots = table..<(table + 8 * types.objects.count)
            let places = ground.pointers.places(of: object).map { ground.place.base + Int($0) }
            if let address = places.first(where: { !slots.contains($0) }) ?? places.first {
                note(symbol, at: address, "a pointer in the image to the type named \(name)")
            }
        }
    }
}
