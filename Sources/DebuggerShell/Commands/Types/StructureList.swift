import AddressTranslation
import BinaryReading

/// A list of structures that a field links, written node by node (`debugger-commands.md` §6.6).
struct StructureList {
    let path: FieldPath
    let plan: StructurePlan
    let printer: StructurePrinter

    private static let rule = String(repeating: "-", count: 45)
    private static let pointerByteCount = 8

    /// Writes all nodes up to a null pointer, a node that was seen, or one that cannot be read.
    ///
    /// - Throws: `noSuchFields` where the first node is null or cannot be read.
    func print(from first: VirtualAddress) throws(CommandError) {
        guard !first.isNull else { throw .noSuchFields }
        let memory = printer.session.memory
        var seen: Set<VirtualAddress> = []
        var node = first
        while !node.isNull, seen.insert(node).inserted {
            let isReadable = memory.isReadable(at: node + path.offset, count: Self.pointerByteCount)
            if !isReadable, node == first { throw .noSuchFields }
            try printer.output.line("\(path.name) at \(ValueText.pointer(node.rawValue))")
            try printer.output.line(Self.rule)
            guard isReadable else { throw .noSuchFields }
            try printer.print(plan, at: node)
            try printer.output.line("")
            guard let next = try? memory.loadAddress(at: node + path.offset), !next.isNull else { return }
            node = next - path.holderOffset
        }
    }
}
