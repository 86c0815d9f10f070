import BinaryReading
import FileMapping

extension SymbolFileCheck {
    /// GUID and age of a PDB, until the reader of program databases tells them.
    static func identity(of file: MappedFile) throws(NoSymbolFile) -> (guid: GUID, age: UInt32) {
        let magic = Array("Microsoft C/C++ MSF 7.00\r\n\u{1A}DS".utf8)
        guard (try? file.copyBytes(at: 0, count: magic.count)) == magic,
            let size = file.loadIfPresent(UInt32.self, at: 32).map(Int.init), size >= 512, size <= 65536,
            let blocks = file.loadIfPresent(UInt32.self, at: 40).map(Int.init)
        else { throw NoSymbolFile(text: "is no program database (PDB)") }
        guard blocks * size <= file.byteCount else { throw NoSymbolFile(text: "is cut short") }
        func word(_ block: Int, _ index: Int) -> Int {
            file.loadIfPresent(UInt32.self, at: block &* size &+ index &* 4).map(Int.init) ?? 0
        }
        let map = file.loadIfPresent(UInt32.self, at: 52).map(Int.init) ?? 0
        func directory(_ index: Int) -> Int { word(word(map, index &* 4 / size), index % (size / 4)) }
        let count = directory(0)
        func length(_ stream: Int) -> Int {
            let length = directory(1 &+ stream)
            return length == 0xFFFF_FFFF ? 0 : length
        }
        var index = 1 &+ count
        var first: [Int] = []
        for stream in 0..<4 {
            first.append(directory(index))
            index &+= (length(stream) &+ size &- 1) / size
        }
        guard count > 3, length(1) >= 28,
            let guid = file.withBytes({ try? GUID($0, at: first[1] &* size &+ 12) })
        else { throw NoSymbolFile(text: "is a damaged program database") }
        let age = word(first[3], 2)
        return (guid, UInt32(truncatingIfNeeded: age == 0 ? word(first[1], 2) : age))
    }
}
