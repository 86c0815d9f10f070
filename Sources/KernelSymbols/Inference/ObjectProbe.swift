import AddressTranslation
import BinaryReading

/// Reads single fields of kernel objects by a borrowed layout: nil wherever memory is not in the dump.
struct ObjectProbe {
    let memory: VirtualMemory
    let layout: InferenceLayout

    /// Bytes of a name that a structure holds in place.
    private static let imageNameByteCount = 15

    func word(_ field: String, of address: VirtualAddress) -> UInt64? {
        try? memory.load(UInt64.self, at: address + layout.offset(field))
    }

    func doubleWord(_ field: String, of address: VirtualAddress) -> UInt32? {
        try? memory.load(UInt32.self, at: address + layout.offset(field))
    }

    func pointer(_ field: String, of address: VirtualAddress) -> VirtualAddress? {
        word(field, of: address).map(VirtualAddress.init)
    }

    /// The text of a `_UNICODE_STRING` of at most `limit` bytes; nil where it cannot be one.
    func text(at address: VirtualAddress, limit: Int) -> String? {
        guard let length = try? memory.load(UInt16.self, at: address),
            let maximum = try? memory.load(UInt16.self, at: address + 2), length & 1 == 0, length <= maximum,
            Int(length) <= limit, let buffer = try? memory.loadAddress(at: address + 8), buffer.isKernel || length == 0
        else { return nil }
        guard length > 0 else { return "" }
        return try? memory.withBytes(at: buffer, count: Int(length)) { bytes in
            let units = stride(from: 0, to: Int(length), by: 2).map { bytes.loadIfPresent(UInt16.self, at: $0) ?? 0 }
            return String(decoding: units, as: UTF16.self)
        }
    }

    /// Whether a name of at most fifteen bytes is text that ends in a NUL: not empty, no control characters.
    func isImageName(at address: VirtualAddress) -> Bool? {
        try? memory.withBytes(at: address, count: Self.imageNameByteCount) { bytes in
            var length = 0
            while length < Self.imageNameByteCount, let byte = bytes.loadIfPresent(UInt8.self, at: length), byte != 0 {
                guard byte >= 0x20, byte != 0x7F else { return false }
                length += 1
            }
            return length > 0
        }
    }

    // MARK: Objects

    /// The token of a process, without the count in its low bits.
    func primaryToken(of process: VirtualAddress) -> VirtualAddress? {
        guard let token = word("_EPROCESS.Token", of: process).map({ VirtualAddress($0 & ~0xF) }), token.isKernel else {
            return nil
        }
        return token
    }

    /// Whether an address is that of the System process: number 4, and its name.
    func isSystemProcess(_ process: VirtualAddress) -> Bool {
        guard process.isKernel, process.rawValue & 0xF == 0, word("_EPROCESS.UniqueProcessId", of: process) == 4 else {
            return false
        }
        let name = process + layout.offset("_EPROCESS.ImageFileName")
        return (try? memory.load(UInt64.self, at: name)).map { $0 & 0x00FF_FFFF_FFFF_FFFF } == 0x6D_6574_7379_53
    }

    /// Address of the header before an object's body.
    func header(of object: VirtualAddress) -> VirtualAddress { object - layout.offset("_OBJECT_HEADER.Body") }

    /// `TypeIndex` as it is stored.
    func storedTypeIndex(of object: VirtualAddress) -> UInt8? {
        try? memory.load(UInt8.self, at: header(of: object) + layout.offset("_OBJECT_HEADER.TypeIndex"))
    }

    /// The nodes of a ring of list entries, without its head, and whether it closes. Walked by Blink too where Flink breaks.
    func ring(from head: VirtualAddress, limit: Int) -> (nodes: [VirtualAddress], closes: Bool) {
        let forward = follow(from: head, linkOffset: 0, limit: limit)
        guard !forward.closes else { return forward }
        let backward = follow(from: head, linkOffset: 8, limit: limit)
        guard !backward.closes else { return backward }
        let known = Set(forward.nodes)
        return (forward.nodes + backward.nodes.filter { !known.contains($0) }, false)
    }

    private func follow(from head: VirtualAddress, linkOffset: Int, limit: Int) -> (
        nodes: [VirtualAddress], closes: Bool
    ) {
        var nodes: [VirtualAddress] = []
        var seen: Set<VirtualAddress> = [head]
        var current = head
        while nodes.count < limit {
            guard let next = try? memory.loadAddress(at: current + linkOffset), next.isKernel,
                next.rawValue & 7 == 0
            else { return (nodes, false) }
            if next == head { return (nodes, true) }
            guard seen.insert(next).inserted else { return (nodes, false) }
            nodes.append(next)
            current = next
        }
        return (nodes, false)
    }
}
