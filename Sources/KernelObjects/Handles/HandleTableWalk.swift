import AddressTranslation
import BinaryReading
import KernelProfiles

/// A page of handle-table entries and the number of its first entry.
struct HandleTablePage: Hashable, Sendable {
    let address: VirtualAddress
    let firstNumber: UInt32
}

/// Finds the pages of entries of a handle table: one, or those that a table of pointers or a table of such tables names (`formats.md` §7.4).
struct HandleTableWalk {
    /// What was found.
    struct Outcome {
        var pages: [HandleTablePage] = []
        var missingPages = 0
    }

    private let context: ReadingContext
    private let tableCode: Int
    private let nextNumber: Int
    private let byteCount: Int

    /// A page of entries serves this many handle numbers, which count in steps of four.
    static let numbersPerPage: UInt32 = 0x400
    private static let pointersPerPage = 512

    init(_ context: ReadingContext) throws(LayoutError) {
        self.context = context
        let fields = try FieldOffsets(of: "_HANDLE_TABLE", in: context.profile)
        byteCount = fields.layout.byteCount
        tableCode = try fields.offset("TableCode")
        nextNumber = try fields.offset("NextHandleNeedingPool", byteCount: 4)
    }

    /// The pages of a table.
    ///
    /// - Parameter owner: Whose table it is, for gaps.
    func pages(of table: VirtualAddress, owner: String) -> Outcome {
        var outcome = Outcome()
        do throws(TranslationError) {
            let (code, next) = try context.memory.withBytes(at: table, count: byteCount) { bytes in
                (bytes.value(UInt64.self, at: tableCode), bytes.value(UInt32.self, at: nextNumber))
            }
            var seen = Set<VirtualAddress>()
            visit(
                VirtualAddress(code & ~7), level: Int(code & 7), first: 0, next: next, owner: owner, seen: &seen,
                &outcome)
        } catch {
            note(owner, at: table, why: error.reasonText)
            outcome.missingPages += 1
        }
        return outcome
    }

    private func visit(
        _ address: VirtualAddress, level: Int, first: UInt64, next: UInt32, owner: String,
        seen: inout Set<VirtualAddress>,
        _ outcome: inout Outcome
    ) {
        guard level <= 2, address.isKernel, address.pageOffset == 0, seen.insert(address).inserted else {
            note(owner, at: address, why: "no page of the table can be there, or it is named twice")
            outcome.missingPages += 1
            return
        }
        if level == 0 {
            outcome.pages.append(HandleTablePage(address: address, firstNumber: UInt32(truncatingIfNeeded: first)))
            return
        }
        let numbersBelow = UInt64(Self.numbersPerPage) << (level == 2 ? 9 : 0)
        for index in 0..<Self.pointersPerPage {
            let start = first + UInt64(index) * numbersBelow
            guard start < UInt64(next) else { return }
            do throws(TranslationError) {
                let page = try context.memory.loadAddress(at: address + 8 * index)
                if page.isNull { continue }
                visit(page, level: level - 1, first: start, next: next, owner: owner, seen: &seen, &outcome)
            } catch {
                note(owner, at: address, why: error.reasonText)
                outcome.missingPages += 1
                return
            }
        }
    }

    private func note(_ owner: String, at address: VirtualAddress, why: String) {
        Self.noteMissingPage(at: address, of: owner, why: why, in: context)
    }

    /// Notes that a page of a handle table cannot be read.
    static func noteMissingPage(at address: VirtualAddress, of owner: String, why: String, in context: ReadingContext) {
        context.note(
            .handles, "page of a handle table", detail: owner, at: address, why: why,
            limits: "handles of this process may be missing, and with them who holds what")
    }
}
