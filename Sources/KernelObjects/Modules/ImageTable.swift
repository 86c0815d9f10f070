import BinaryReading

/// An image in an address space, as frames are named by it.
struct NamedImage: Sendable {
    let base: VirtualAddress
    let byteCount: UInt64
    /// The loader's base name without extension; `nt` for the kernel.
    var name: String
    /// What its exports tell, where they were read.
    var functions: ExportedFunctions?

    /// Names an image by its file.
    init(base: VirtualAddress, byteCount: UInt64, fileName: String) {
        self.base = base
        self.byteCount = byteCount
        name = Self.moduleName(fileName)
    }

    /// The loader's base name without extension.
    static func moduleName(_ fileName: String) -> String {
        fileName.lastIndex(of: ".").map { String(fileName[..<$0]) } ?? fileName
    }

    /// Whether an address lies in the image.
    func contains(_ address: VirtualAddress) -> Bool { address.distance(from: base).map { $0 < byteCount } ?? false }

    /// The frame of an address in the image.
    func frame(at address: VirtualAddress) -> StackFrame {
        let distance = address.distance(from: base)
        if let functions, let rva = distance.flatMap({ UInt32(exactly: $0) }),
            let function = functions.function(containing: rva)
        {
            return StackFrame(
                address: address, module: name, symbol: function.name, displacement: UInt64(rva - function.begin))
        }
        return StackFrame(address: address, module: name, symbol: nil, displacement: distance)
    }
}

/// Images by address.
struct ImageTable: Sendable {
    /// By base; of those at one base the one that counts stands first.
    private(set) var images: [NamedImage]

    /// Takes images; of several at one address the first counts.
    init(_ images: [NamedImage]) {
        self.images = images.enumerated().sorted { ($0.element.base, $0.offset) < ($1.element.base, $1.offset) }
            .map(\.element)
    }

    /// The image in which an address lies.
    func image(containing address: VirtualAddress) -> NamedImage? { position(containing: address).map { images[$0] } }

    /// The position of the image in which an address lies.
    func position(containing address: VirtualAddress) -> Int? {
        var low = 0
        var high = images.count
        while low < high {
            let middle = (low + high) / 2
            if images[middle].base <= address { low = middle + 1 } else { high = middle }
        }
        // Images do not overlap, but unloaded drivers may; a few steps back find the one that still covers the address. Of those at one
        // base the first counts.
        var found: Int?
        for index in stride(from: low - 1, through: max(low - 8, 0), by: -1) where index >= 0 {
            if let found, images[found].base != images[index].base { return found }
            if images[index].contains(address) { found = index }
        }
        return found
    }

    /// Changes every name.
    mutating func rename(_ name: (String) -> String) {
        for index in images.indices { images[index].name = name(images[index].name) }
    }

    /// Gives an image the names of its functions.
    mutating func setFunctions(_ functions: ExportedFunctions?, at position: Int) {
        images[position].functions = functions
    }
}
