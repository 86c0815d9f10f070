/// A list of byte strings inside a collection: a count, the ends of the items, then the items.
struct PackedList {
    let bytes: CollectionBytes
    let count: Int
    private let ends: Int
    private let items: Int
    private let end: Int

    /// Opens the list in a range; nil where the count cannot be true.
    init?(_ bytes: CollectionBytes, in range: Range<Int>) {
        guard range.upperBound <= bytes.count, let count = bytes.word(at: range.lowerBound) else { return nil }
        ends = range.lowerBound + 4
        items = ends + count * 4
        end = range.upperBound
        guard items <= end else { return nil }
        self.bytes = bytes
        self.count = count
    }

    /// Where an item lies; nil where there is none, or where the list is damaged.
    func range(of index: Int) -> Range<Int>? {
        guard index >= 0, index < count, let upper = bytes.word(at: ends + index * 4) else { return nil }
        guard let lower = index == 0 ? 0 : bytes.word(at: ends + (index - 1) * 4) else { return nil }
        guard lower <= upper, upper <= end - items else { return nil }
        return (items + lower)..<(items + upper)
    }

    /// A cursor over an item.
    func cursor(at index: Int) -> ByteCursor? {
        guard let range = range(of: index) else { return nil }
        return ByteCursor(bytes, in: range)
    }

    /// An item as text.
    func text(at index: Int) -> String? {
        guard let range = range(of: index) else { return nil }
        return bytes.text(in: range)
    }
}
