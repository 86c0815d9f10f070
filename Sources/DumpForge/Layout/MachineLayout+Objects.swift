import KernelProfiles

/// Optional headers in front of an object header (`formats.md` §7.2).
enum ObjectInfo {
    static let name: UInt8 = 0x02
    static let quota: UInt8 = 0x08

    /// Bytes that the headers of a mask take.
    static func byteCount(_ mask: UInt8) -> Int {
        (mask & name != 0 ? 0x20 : 0) + (mask & quota != 0 ? 0x20 : 0)
    }
}

extension MachineLayout {
    static let headerByteCount = 0x30

    /// The types of this machine's objects, in the order of their numbers, which begin at 2.
    private static let typeNames = [
        "Type", "Directory", "SymbolicLink", "Token", "Job", "Process", "Thread", "IoCompletion", "DebugObject",
        "Event",
        "Mutant", "Callback", "Semaphore", "Timer", "Profile", "KeyedEvent", "WindowStation", "Desktop", "Session",
        "TpWorkerFactory", "Adapter", "Controller", "Device", "Driver", "File", "Section", "Key", "ALPC Port",
        "EtwRegistration", "WmiGuid",
    ]

    /// The pool tag of a type's objects; older kernels set the highest bit of the last letter.
    func poolTag(ofType name: String) -> UInt32 {
        let tag: UInt32 =
            switch name {
            case "Token": PoolTag.tag("Toke")
            case "Process": PoolTag.tag("Proc")
            case "Thread": PoolTag.tag("Thre")
            case "Type": PoolTag.tag("ObjT")
            case "Event": PoolTag.tag("Even")
            case "File": PoolTag.tag("File")
            case "Session": PoolTag.tag("Sess")
            default: PoolTag.tag("ObjX")
            }
        return profile.build < 9200 ? tag | 0x8000_0000 : tag
    }

    /// Room for an object with its headers; returns the address of the body.
    mutating func allocateObject(
        type: String, byteCount: Int, infoMask: UInt8, isPaged: Bool, isFree: Bool = false, isIsolated: Bool = false
    ) -> UInt64 {
        let optional = ObjectInfo.byteCount(infoMask)
        let size = optional + Self.headerByteCount + byteCount
        let tag = poolTag(ofType: type)
        let start =
            isPaged
            ? paged.allocate(
                size, tag: tag, memory: &memory, generator: &generator, isFree: isFree, isIsolated: isIsolated)
            : nonPaged.allocate(size, tag: tag, memory: &memory, generator: &generator, isFree: isFree)
        return start + UInt64(optional + Self.headerByteCount)
    }

    /// Writes an object's header.
    mutating func writeHeader(
        of body: UInt64, type: String, pointerCount: Int64, handleCount: Int64, infoMask: UInt8, flags: UInt8 = 0
    ) {
        guard let place = addresses.types[type] else { return }
        let header = body - UInt64(Self.headerByteCount)
        let index = headerCookie.map { place.index ^ UInt8(truncatingIfNeeded: header >> 8) ^ $0 } ?? place.index
        memory.store(UInt64(bitPattern: pointerCount), at: header)
        memory.store(UInt64(bitPattern: handleCount), at: header + 8)
        memory.store(UInt64(index), byteCount: 1, at: header + 0x18)
        memory.store(UInt64(infoMask), byteCount: 1, at: header + 0x1A)
        memory.store(UInt64(flags), byteCount: 1, at: header + 0x1B)
        if infoMask & ObjectInfo.quota != 0 {
            memory.store(0x200, byteCount: 4, at: header - 0x20)
        }
    }

    /// Writes an object's name; its header must have room for it.
    mutating func writeName(_ name: String, of body: UInt64) {
        let text = placeText(name, tag: PoolTag.objectName)
        let info = body - UInt64(Self.headerByteCount) - 0x20
        memory.store(UInt64(text.byteCount) | UInt64(text.byteCount + 2) << 16, at: info + 8)
        memory.store(text.address, at: info + 16)
    }

    /// Gives every object its place.
    mutating func allocateEverything() throws(ForgeError) {
        for (number, name) in Self.typeNames.enumerated() {
            let body = allocateObject(
                type: "Type", byteCount: shapes.objectType.byteCount, infoMask: ObjectInfo.name, isPaged: false)
            addresses.types[name] = ObjectTypePlace(index: UInt8(number + 2), address: body)
        }
        for _ in model.processes {
            addresses.processes.append(
                allocateObject(
                    type: "Process", byteCount: shapes.process.byteCount, infoMask: ObjectInfo.quota, isPaged: false))
        }
        for _ in model.threads {
            addresses.threads.append(
                allocateObject(
                    type: "Thread", byteCount: shapes.thread.byteCount, infoMask: ObjectInfo.quota, isPaged: false))
        }
        for type in model.otherObjects {
            addresses.others.append(
                allocateObject(type: type, byteCount: 0x40, infoMask: 0, isPaged: type == "Key" || type == "Section"))
        }
        allocateTerminalSessions()
        allocateLogonSessions()
        allocateTokens()
    }

    private mutating func allocateTerminalSessions() {
        for (number, terminal) in model.terminalSessions.enumerated() {
            let isThere = counts.isThere(number, model: model)
            addresses.terminalObjects.append(
                isThere
                    ? allocateObject(type: "Session", byteCount: 0x40, infoMask: ObjectInfo.name, isPaged: false) : 0)
            // Of an ended session only a remnant is left.
            let size = terminal.isLive ? shapes.sessionSpace.byteCount : min(shapes.sessionSpace.byteCount, 0x3C0)
            addresses.terminalBlocks.append(
                isThere
                    ? system.allocate(
                        size, tag: PoolTag.terminalSession, memory: &memory, generator: &generator) : 0)
        }
    }

    /// Writes the type objects, their list and the table by number.
    mutating func writeTypes() {
        let table = symbol("ObTypeIndexTable")
        if let table, headerCookie == nil { memory.store(0xBAD0_B0B0, at: table + 8) }
        for (number, name) in Self.typeNames.enumerated() {
            guard let place = addresses.types[name] else { continue }
            if let table { memory.store(place.address, at: table + UInt64(number + 2) * 8) }
            if number == 0, let table, headerCookie != nil { memory.store(plan.systemBase, at: table + 8) }
            writeType(name, place)
        }
        for (symbol, type) in [
            ("ObpTypeObjectType", "Type"), ("SeTokenObjectType", "Token"), ("PsProcessType", "Process"),
            ("PsThreadType", "Thread"), ("PsJobType", "Job"), ("IoFileObjectType", "File"),
            ("ExEventObjectType", "Event"), ("MmSectionObjectType", "Section"), ("MmSessionObjectType", "Session"),
            ("ObpDirectoryObjectType", "Directory"),
        ] {
            if let place = addresses.types[type] { setSymbol(symbol, place.address) }
        }
        if let headerCookie { setSymbol("ObHeaderCookie", UInt64(headerCookie), byteCount: 1) }
        for (number, type) in model.otherObjects.enumerated() {
            let count = counts.others[number]
            writeHeader(
                of: addresses.others[number], type: type, pointerCount: count.references, handleCount: count.handles,
                infoMask: 0)
        }
    }

    private mutating func writeType(_ name: String, _ place: ObjectTypePlace) {
        var image = shapes.objectType.blank()
        let total = counts.total(ofType: name, model: model)
        let text = placeText(name, tag: PoolTag.objectName)
        image.setLinks("TypeList", forward: place.address, backward: place.address)
        image.setString("Name", byteCount: text.byteCount, buffer: text.address)
        image.set("Index", UInt64(place.index))
        image.set("TotalNumberOfObjects", UInt64(total.objects))
        image.set("TotalNumberOfHandles", UInt64(total.handles))
        image.set("HighWaterNumberOfObjects", UInt64(total.objects + 10))
        image.set("HighWaterNumberOfHandles", UInt64(total.handles + 10))
        let isPaged = ["Token", "Key", "Section"].contains(name)
        image.set("TypeInfo.PoolType", isPaged ? 1 : profile.build < 9200 ? 0 : 0x200)
        image.set("Key", UInt64(poolTag(ofType: name)))
        memory.store(image.bytes, at: place.address)
        writeHeader(of: place.address, type: "Type", pointerCount: 2, handleCount: 0, infoMask: ObjectInfo.name)
        writeName(name, of: place.address)
    }
}
