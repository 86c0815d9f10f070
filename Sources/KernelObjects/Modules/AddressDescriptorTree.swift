import AddressTranslation
import BinaryReading

/// Reads the images that a process maps from its virtual address descriptors (VADs). They and the names of their files are the kernel's own, so
/// that this works where no user page is in the dump (`sessions.md` §5).
struct AddressDescriptorTree {
    private let layout: AddressDescriptorLayout
    private let memory: VirtualMemory
    /// Names of files by control area: processes share them. nil where a name cannot be read.
    private var paths: [VirtualAddress: String?] = [:]

    /// More descriptors than any process has.
    private static let nodeLimit = 500_000
    /// More descriptors than are read of all processes together; damaged ones may show one tree in each.
    private var remainingNodes = 4_000_000
    /// More images than any process maps.
    private static let imageLimit = 4096
    private static let pathLimit = 0x1000
    /// `IO_TYPE_FILE`.
    private static let fileType: UInt16 = 5

    init(_ layout: AddressDescriptorLayout, _ memory: VirtualMemory) {
        self.layout = layout
        self.memory = memory
    }

    /// The images of a process and what of its tree could not be read.
    struct Outcome {
        var images: [UserImage] = []
        /// The first descriptor that cannot be read.
        var unreadable: TranslationError?
    }

    /// The images of the process at an address; empty where it has none any more.
    mutating func images(ofProcessAt process: VirtualAddress) -> Outcome {
        var outcome = Outcome()
        guard let root = try? memory.loadAddress(at: process + layout.root) else { return outcome }
        var waiting = [root]
        var seen = PositionTable()
        while let address = waiting.popLast() {
            guard address.isKernel, address.rawValue & 7 == 0, seen[address] == nil, seen.count < Self.nodeLimit,
                outcome.images.count < Self.imageLimit, remainingNodes > 0
            else { continue }
            seen[address] = seen.count
            remainingNodes -= 1
            let node: AddressDescriptorLayout.Node
            do throws(TranslationError) {
                node = try memory.withBytes(at: address, count: layout.byteCount) { layout.node(in: $0) }
            } catch {
                outcome.unreadable = outcome.unreadable ?? error
                continue
            }
            waiting.append(node.right)
            waiting.append(node.left)
            if let image = image(of: node, at: address) { outcome.images.append(image) }
        }
        return outcome
    }

    private mutating func image(of node: AddressDescriptorLayout.Node, at address: VirtualAddress) -> UserImage? {
        guard node.isImage, node.firstPage <= node.lastPage, node.lastPage < UserImage.addressLimit >> 12,
            let subsection = try? memory.loadAddress(at: address + layout.subsection), subsection.isKernel,
            let area = try? memory.loadAddress(at: subsection + layout.controlArea), area.isKernel,
            let path = path(ofControlArea: area)
        else { return nil }
        return UserImage(
            base: VirtualAddress(node.firstPage << 12), byteCount: (node.lastPage - node.firstPage + 1) << 12,
            path: path)
    }

    private mutating func path(ofControlArea area: VirtualAddress) -> String? {
        if let known = paths[area] { return known }
        let path = readPath(ofControlArea: area)
        paths[area] = .some(path)
        return path
    }

    private func readPath(ofControlArea area: VirtualAddress) -> String? {
        guard let reference = try? memory.load(UInt64.self, at: area + layout.filePointer) else { return nil }
        let file = VirtualAddress(reference & ~0xF)
        guard file.isKernel, (try? memory.load(UInt16.self, at: file + layout.fileType)) == Self.fileType,
            let string = try? memory.withBytes(
                at: file + layout.fileName, count: UnicodeString.byteCount, { UnicodeString($0, at: 0) }),
            let path = try? string.text(in: memory, limit: Self.pathLimit), !path.isEmpty
        else { return nil }
        return path
    }
}
