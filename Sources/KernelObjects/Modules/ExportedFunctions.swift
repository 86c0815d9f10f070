import AddressTranslation
import BinaryReading
import KernelSymbols

/// The functions that an image exports, each to its end: what names frames where there are no symbols (`formats.md` §4.3).
///
/// Only functions whose end the image's own table tells are kept, so that no name reaches into a function behind.
struct ExportedFunctions: Sendable {
    /// An exported function.
    struct Function: Hashable, Sendable {
        let begin: UInt32
        /// The first byte after it.
        let end: UInt32
        /// Its name; `Ordinal17` for a function that is exported by number alone.
        let name: String
    }

    /// By address.
    private let functions: [Function]

    /// Ordinals have 16 bits.
    private static let mostExports: UInt32 = 0x1_0000
    private static let longestName = 512
    /// Bytes of all names of an image; a damaged table may let every export have one long name.
    private static let mostNameBytes = 1 << 20

    /// `mov r10, rcx` and the first byte of `mov eax, n`.
    private static let stubStart: UInt32 = 0xB8D1_8B4C
    /// The return address behind the call instruction lies in the first half on kernels that offer two ways into the kernel.
    private static let stubByteCount: UInt32 = 0x20

    /// Reads the exports of an image; nil where it has none, or where they or the table of its functions cannot be read.
    init?(of image: PortableExecutable, in memory: VirtualMemory) {
        guard let exports = Self.exports(of: image, in: memory), let table = RuntimeFunctions(of: image, in: memory)
        else { return nil }
        var found: [Function] = []
        var nameBytes = 0
        for (position, export) in exports.enumerated() where nameBytes < Self.mostNameBytes {
            // The first of those that share an address has the name to print.
            guard position == 0 || exports[position - 1].rva != export.rva,
                let end = Self.end(ofFunctionAt: export.rva, table, image, memory),
                let name = export.name(of: image, in: memory)
            else { continue }
            let next = exports[position...].first { $0.rva != export.rva }?.rva ?? .max
            found.append(Function(begin: export.rva, end: min(end, next), name: name))
            nameBytes += name.utf8.count
        }
        guard !found.isEmpty else { return nil }
        functions = found
    }

    /// Where a function ends: as the table tells, and the stub of a system call, which has no entry, by its length.
    private static func end(
        ofFunctionAt rva: UInt32, _ table: RuntimeFunctions, _ image: PortableExecutable, _ memory: VirtualMemory
    ) -> UInt32? {
        switch table.answer(at: rva) {
        case .function(let entry): entry.end
        case .unreadable: nil
        case .noFunction:
            (try? memory.load(UInt32.self, at: image.base + Int(rva))) == stubStart ? rva &+ stubByteCount : nil
        }
    }

    /// The function that holds an RVA.
    func function(containing rva: UInt32) -> Function? {
        var low = 0
        var high = functions.count
        while low < high {
            let middle = (low + high) / 2
            if functions[middle].begin <= rva { low = middle + 1 } else { high = middle }
        }
        guard low > 0, rva < functions[low - 1].end else { return nil }
        return functions[low - 1]
    }

    /// An export before its name is read.
    private struct Export {
        let rva: UInt32
        let ordinal: UInt32
        /// Where the name lies; nil for one that is exported by number alone.
        var nameRVA: UInt32?
        /// Position in the sorted list of names.
        var rank = UInt32.max

        func name(of image: PortableExecutable, in memory: VirtualMemory) -> String? {
            guard let nameRVA else { return "Ordinal\(ordinal)" }
            guard nameRVA < image.imageByteCount else { return nil }
            var bytes: [UInt8] = []
            var address = image.base + Int(nameRVA)
            while bytes.count < longestName {
                guard let byte = try? memory.load(UInt8.self, at: address) else { return nil }
                guard byte != 0 else { break }
                // Names of functions are printable ASCII; anything else is damage.
                guard (0x21...0x7E).contains(byte) else { return nil }
                bytes.append(byte)
                address = address + 1
            }
            return bytes.isEmpty ? nil : String(decoding: bytes, as: UTF8.self)
        }
    }

    /// All exports that lie in the image, by address, then by name; those that another image answers are left out.
    private static func exports(of image: PortableExecutable, in memory: VirtualMemory) -> [Export]? {
        guard let directory = image.exports,
            directory.rva < image.imageByteCount, directory.byteCount >= 0x28,
            let words = numbers(UInt32.self, 10, at: directory.rva, of: image, in: memory)
        else { return nil }
        let functionCount = min(words[5], mostExports)
        let nameCount = min(words[6], mostExports)
        guard let addresses = numbers(UInt32.self, functionCount, at: words[7], of: image, in: memory),
            let names = numbers(UInt32.self, nameCount, at: words[8], of: image, in: memory),
            let indices = numbers(UInt16.self, nameCount, at: words[9], of: image, in: memory)
        else { return nil }
        var exports: [Export] = []
        for (index, rva) in addresses.enumerated() {
            exports.append(Export(rva: rva, ordinal: words[4] &+ UInt32(truncatingIfNeeded: index)))
        }
        for (rank, (name, index)) in zip(names, indices).enumerated() where exports.indices.contains(Int(index)) {
            guard exports[Int(index)].nameRVA == nil else { continue }
            exports[Int(index)].nameRVA = name
            exports[Int(index)].rank = UInt32(rank)
        }
        return exports.filter { export in
            // The address of a forwarded export is that of a text in the directory.
            let isForwarded = export.rva >= directory.rva && export.rva - directory.rva < directory.byteCount
            return export.rva != 0 && export.rva < image.imageByteCount && !isForwarded
        }.sorted { left, right in left.rva != right.rva ? left.rva < right.rva : left.rank < right.rank }
    }

    /// A table of numbers in an image; nil where it does not lie in it or cannot be read.
    private static func numbers<Number: FixedWidthInteger & BitwiseCopyable>(
        _ type: Number.Type, _ count: UInt32, at rva: UInt32, of image: PortableExecutable, in memory: VirtualMemory
    ) -> [Number]? {
        let size = MemoryLayout<Number>.size
        guard count > 0 else { return [] }
        guard rva < image.imageByteCount, Int(count) * size <= Int(image.imageByteCount - rva) else { return nil }
        let address = image.base + Int(rva)
        return try? memory.withBytes(at: address, count: Int(count) * size) { bytes -> [Number] in
            var numbers: [Number] = []
            numbers.reserveCapacity(Int(count))
            for index in 0..<Int(count) { numbers.append(bytes.value(Number.self, at: index * size)) }
            return numbers
        }
    }
}
