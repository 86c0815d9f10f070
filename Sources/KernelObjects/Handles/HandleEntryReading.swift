import AddressTranslation
package import BinaryReading
package import KernelSymbols

/// Reads all entries of single handle tables, whatever they are of; a ``Snapshot`` keeps only those that matter to leaks.
package struct HandleEntryReading {
    /// One entry in use.
    package struct Entry: Hashable, Sendable {
        /// Address of the `_HANDLE_TABLE_ENTRY`.
        package let address: VirtualAddress
        /// The handle without the kernel's high bits.
        package let number: UInt32
        /// The object: its body.
        package let object: VirtualAddress
        /// The granted access mask.
        package let access: UInt32
        /// Attribute bits: 1 protected, 2 inherited, 4 audited (names by common knowledge, `formats.md` §7.4).
        package let attributes: UInt8
    }

    private let context: ReadingContext
    private let walk: HandleTableWalk
    private let pages: HandlePageReading
    private let bodyOffset: Int

    /// Makes a reader over a kernel.
    ///
    /// - Throws: `LayoutError` where the profile lacks a structure of handle tables.
    package init(_ kernel: Kernel) throws(LayoutError) {
        context = ReadingContext(kernel)
        walk = try HandleTableWalk(context)
        pages = try HandlePageReading(context.profile)
        bodyOffset = try ObjectHeaderLayout(context.profile).bodyOffset
    }

    /// Gives the entries in use of a table one by one, by number.
    ///
    /// - Returns: Pages of the table that cannot be read.
    @discardableResult
    package func forEachEntry<Failure: Error>(
        of table: VirtualAddress, _ body: (Entry) throws(Failure) -> Void
    ) throws(Failure) -> Int {
        let found = walk.pages(of: table, owner: "")
        var missing = found.missingPages
        for page in found.pages {
            let contents = pages.read(HandlePageReading.Part(table: 0, owner: "", pages: [page]), context)
            missing += contents.missingPages
            for (number, entry) in zip(contents.numbers, contents.entries) {
                try body(
                    Entry(
                        address: page.address + 4 * Int(number &- page.firstNumber), number: number,
                        object: entry.objectHeader + bodyOffset, access: entry.access, attributes: entry.attributes))
            }
        }
        return missing
    }
}
