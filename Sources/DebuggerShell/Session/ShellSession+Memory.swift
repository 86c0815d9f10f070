import AddressTranslation
import BinaryReading

extension ShellSession {
    /// The bytes of a short piece of memory; nil for each that cannot be read.
    func bytes(at address: VirtualAddress, count: Int) -> [UInt8?] {
        if let bytes = try? memory.copyBytes(at: address, count: count) { return bytes }
        return (0..<count).map { try? memory.load(UInt8.self, at: address + $0) }
    }

    /// An integer out of such bytes; nil where one of them could not be read.
    static func integer(in bytes: ArraySlice<UInt8?>) -> UInt64? {
        var value: UInt64 = 0
        for byte in bytes.reversed() {
            guard let byte else { return nil }
            value = value << 8 | UInt64(byte)
        }
        return value
    }

    /// A pointer; nil where it cannot be read.
    func pointer(at address: VirtualAddress) -> VirtualAddress? { try? memory.loadAddress(at: address) }

    /// The range that a command's arguments name, or the place where the last one ended.
    ///
    /// - Parameter objectByteCount: Bytes of one object of the command.
    func range(_ arguments: Substring, objectByteCount: Int) throws(CommandError) -> AddressRange {
        guard arguments.isEmpty else {
            let range = try AddressRange(arguments, objectByteCount: UInt64(objectByteCount), in: self)
            guard range.rest.isEmpty else {
                throw .extraCharacters(after: arguments.utf8.count - range.rest.utf8.count)
            }
            return range
        }
        guard let start = displayPosition ?? registerValue("$ip") else {
            throw .words("No address was given and no earlier command showed one.")
        }
        return AddressRange(start: start)
    }
}

extension AddressRange {
    /// From an address on, as far as a command's default goes.
    init(start: UInt64) {
        self.init(start: start, count: nil, isUnlimited: false, rest: "")
    }
}
