import AddressTranslation
import BinaryReading
import KernelProfiles

/// Reads pages of handle-table entries; shared by all workers.
struct HandlePageReading: Sendable {
    private let entry: HandleTableEntryLayout

    init(_ profile: KernelProfile) throws(LayoutError) { entry = try HandleTableEntryLayout(profile) }

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
        var numbers: [UInt32] = []
        var entries: [HandleTableEntry] = []
        /// Addresses of the headers that the entries name, ascending, each once.
        var headers: [VirtualAddress] = []
        var pagesRead = 0
        var missingPages = 0
    }

    /// Reads the entries of some pages.
    func read(_ part: Part, _ context: ReadingContext) -> Contents {
        var contents = Contents(table: part.table)
        for page in part.pages {
            do throws(TranslationError) {
                try context.memory.withBytes(at: page.address, count: pageByteCount) {
                    collectEntries(in: $0, from: page.firstNumber, &contents)
                }
                contents.pagesRead += 1
            } catch {
                contents.missingPages += 1
                HandleTableWalk.noteMissingPage(at: page.address, of: part.owner, why: error.reasonText, in: context)
            }
        }
        contents.headers = contents.entries.map(\.objectHeader).sortedWithoutRepetitions()
        return contents
    }

    private func collectEntries(in bytes: RawSpan, from firstNumber: UInt32, _ contents: inout Contents) {
        // The first entry of every page is reserved.
        for index in 1..<(pageByteCount / HandleTableEntryLayout.byteCount) {
            let offset = index * HandleTableEntryLayout.byteCount
            let low = bytes.value(UInt64.self, at: offset)
            guard low != 0, let entry = entry.entry(low: low, high: bytes.value(at: offset + 8)) else { continue }
            contents.numbers.append(firstNumber &+ 4 * UInt32(index))
            contents.entries.append(entry)
        }
    }
}
