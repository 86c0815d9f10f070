import BinaryReading
import KernelProfiles

/// Offsets that lead from an `_EPROCESS` through its tree of virtual address descriptors (VADs) to the files of its images.
///
/// Three forms: to 7601 the root stands in the table's balanced root and the node's links in the `_MMVAD` itself; 9200 has the same table
/// and a `_MM_AVL_NODE` in each descriptor; from 9600 on there is an `_RTL_AVL_TREE` of `_RTL_BALANCED_NODE`s, and page numbers are cut
/// into 32 low and 8 high bits (layouts in `kernels.json`).
struct AddressDescriptorLayout {
    /// Bytes of an `_MMVAD_SHORT`, which every descriptor begins with.
    let byteCount: Int
    /// The pointer to the topmost descriptor, in an `_EPROCESS`.
    let root: Int
    /// `_MMVAD.Subsection`; only descriptors of mapped files have it.
    let subsection: Int
    /// `_SUBSECTION.ControlArea`.
    let controlArea: Int
    /// `_CONTROL_AREA.FilePointer`, a fast reference.
    let filePointer: Int
    /// `_FILE_OBJECT.FileName`, the path on its volume.
    let fileName: Int
    /// `_FILE_OBJECT.Type`.
    let fileType: Int
    private let left: Int
    private let right: Int
    private let start: PageNumber
    private let end: PageNumber
    private let flags: Int
    private let kind: BitField

    /// A page number, in one field or in two.
    private struct PageNumber {
        let offset: Int
        let byteCount: Int
        let high: Int?

        init(_ name: String, in fields: FieldOffsets) throws(LayoutError) {
            let low = try fields.field(name, byteCount: 4)
            offset = low.offset
            byteCount = low.byteCount
            high = fields.optionalOffset(name + "High", byteCount: 1)
        }

        func value(in bytes: RawSpan) -> UInt64 {
            guard byteCount == 4 else { return bytes.value(at: offset) }
            let upper = high.map { UInt64(bytes.value(UInt8.self, at: $0)) << 32 } ?? 0
            return upper | UInt64(bytes.value(UInt32.self, at: offset))
        }
    }

    /// What is read of a descriptor.
    struct Node {
        let left: VirtualAddress
        let right: VirtualAddress
        let firstPage: UInt64
        let lastPage: UInt64
        /// Whether it maps an image section (`VadImageMap`).
        let isImage: Bool
    }

    /// `VadImageMap` of the enumeration of descriptor types.
    private static let imageKind: UInt64 = 2

    init(_ profile: KernelProfile) throws(LayoutError) {
        let short = try FieldOffsets(of: "_MMVAD_SHORT", in: profile)
        byteCount = short.layout.byteCount
        let links = try Self.links(in: short, profile)
        left = links.left
        right = links.right
        start = try PageNumber("StartingVpn", in: short)
        end = try PageNumber("EndingVpn", in: short)
        flags = try short.offset("u", byteCount: 4)
        guard let field = try FieldOffsets(of: "_MMVAD_FLAGS", in: profile).layout["VadType"], let bits = field.bitField
        else { throw LayoutError(structure: "_MMVAD_FLAGS", field: "VadType") }
        kind = bits
        root = try Self.root(in: profile)
        subsection = try FieldOffsets(of: "_MMVAD", in: profile).offset("Subsection")
        controlArea = try FieldOffsets(of: "_SUBSECTION", in: profile).offset("ControlArea")
        filePointer = try FieldOffsets(of: "_CONTROL_AREA", in: profile).offset("FilePointer")
        let file = try FieldOffsets(of: "_FILE_OBJECT", in: profile)
        fileName = try file.offset("FileName", byteCount: UnicodeString.byteCount)
        fileType = try file.offset("Type", byteCount: 2)
    }

    /// Where the links of a node lie in a descriptor.
    private static func links(in short: FieldOffsets, _ profile: KernelProfile) throws(LayoutError)
        -> (left: Int, right: Int)
    {
        if let left = short.optionalOffset("LeftChild"), let right = short.optionalOffset("RightChild") {
            return (left, right)
        }
        let node = try short.field("VadNode", byteCount: 24)
        guard case .structure(let name) = node.type else {
            throw LayoutError(structure: "_MMVAD_SHORT", field: "VadNode")
        }
        let fields = try FieldOffsets(of: name, in: profile)
        if let left = fields.optionalOffset("LeftChild"), let right = fields.optionalOffset("RightChild") {
            return (node.offset + left, node.offset + right)
        }
        return (try node.offset + fields.offset("Left"), try node.offset + fields.offset("Right"))
    }

    /// The table's own node is no descriptor: the tree hangs on its right side.
    private static func root(in profile: KernelProfile) throws(LayoutError) -> Int {
        let process = try FieldOffsets(of: "_EPROCESS", in: profile).field("VadRoot")
        guard case .structure(let name) = process.type else {
            throw LayoutError(structure: "_EPROCESS", field: "VadRoot")
        }
        let tree = try FieldOffsets(of: name, in: profile)
        if let root = tree.optionalOffset("Root") { return process.offset + root }
        let balanced = try tree.field("BalancedRoot")
        guard case .structure(let node) = balanced.type else {
            throw LayoutError(structure: name, field: "BalancedRoot")
        }
        return try process.offset + balanced.offset + FieldOffsets(of: node, in: profile).offset("RightChild")
    }

    /// The fields of a descriptor's first bytes.
    func node(in bytes: RawSpan) -> Node {
        let word =
            flags <= byteCount - 8
            ? bytes.value(UInt64.self, at: flags) : UInt64(bytes.value(UInt32.self, at: flags))
        return Node(
            left: bytes.address(at: left), right: bytes.address(at: right), firstPage: start.value(in: bytes),
            lastPage: end.value(in: bytes), isImage: kind.extract(from: word) == Self.imageKind)
    }
}
