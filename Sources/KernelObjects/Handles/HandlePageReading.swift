import AddressTranslation
import BinaryReading
import KernelProfiles

/// Reads pages of handle-table entries and looks at the objects behind them; shared by all workers.
struct HandlePageReading: Sendable {
    private let types: ObjectTypes
    private let objectHeader: ObjectHeaderLayout
    private let entry: HandleTableEntryLayout

    init(_ profile: KernelProfile, types: ObjectTypes) throws(LayoutError) {
        self.types = types
        objectHeader = try ObjectHeaderLayout(profile)
        entry = try HandleTableEntryLayout(profile)
    }

    /// Some pages of entries of one table.
    struct Part: Sendable {
        let table: Int
        /// Whose table it is, for gaps.
        let owner: String
        let pages: [HandleTablePage]
    }

    /// What those pages hold.
    struct Contents: Sendable {
        let table: Int
        var handles: [Handle] = []
        var counts: [UInt8: Int] = [:]
        var pagesRead = 0
        var missingPages = 0
    }

    /// Reads the entries of some pages.
    func read(_ part: Part, _ context: ReadingContext) -> Contents {
        var contents = Contents(table: part.table)
        var counts = [Int](repeating: 0, count: 256)
        for page in part.pages {
            do throws(TranslationError) {
                let entries = try entries(of: page, context)
                contents.pagesRead += 1
                for (number, entry) in entries { add(entry, number: number, to: &contents, &counts, context) }
            } catch {
                contents.missingPages += 1
                HandleTableWalk.noteMissingPage(at: page.address, of: part.owner, why: error.reasonText, in: context)
            }
        }
        for (type, count) in counts.enumerated() where count > 0 { contents.counts[UInt8(type)] = count }
        return contents
    }

    private func entries(of page: HandleTablePage, _ context: ReadingContext) throws(TranslationError)
        -> [(UInt32, HandleTableEntry)]
    {
        try context.memory.withBytes(at: page.address, count: pageByteCount) { bytes in
            var entries: [(UInt32, HandleTableEntry)] = []
            // The first entry of every page is reserved.
            for index in 1..<(pageByteCount / HandleTableEntryLayout.byteCount) {
                let offset = index * HandleTableEntryLayout.byteCount
                let low = bytes.value(UInt64.self, at: offset)
                guard low != 0, let entry = entry.entry(low: low, high: bytes.value(at: offset + 8)) else { continue }
                entries.append((page.firstNumber &+ 4 * UInt32(index), entry))
            }
            return entries
        }
    }

    private func add(
        _ entry: HandleTableEntry, number: UInt32, to contents: inout Contents, _ counts: inout [Int],
        _ context: ReadingContext
    ) {
        let header = try? context.memory.withBytes(at: entry.objectHeader, count: objectHeader.bodyOffset) {
            objectHeader.header(in: $0)
        }
        let index = header.flatMap { types.index(of: $0, at: entry.objectHeader) }
        if let index { counts[Int(index)] += 1 }
        guard let kind = types.kind(ofIndex: index) else { return }
        contents.handles.append(
            Handle(
                object: entry.objectHeader + objectHeader.bodyOffset, number: number, access: entry.access,
                chargedReferences: entry.chargedReferences, attributes: entry.attributes, kind: kind))
    }
}
