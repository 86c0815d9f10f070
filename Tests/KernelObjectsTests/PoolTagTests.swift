import Testing

@testable import KernelObjects

@Suite("Pool tags")
struct PoolTagTests {
    /// A tag as it lies in memory: four characters, the first in the lowest byte.
    private func word(_ text: String) -> UInt32 {
        text.utf8.reversed().reduce(0) { $0 << 8 | UInt32($1) }
    }

    @Test("tags by their characters, and protected ones as Windows 7 writes them (formats.md §6.2)")
    func tags() {
        #expect(PoolTag(word: word("Toke")) == .token)
        #expect(PoolTag(word: word("SeLs")) == .logonSession)
        #expect(PoolTag(word: word("Proc")) == .process)
        #expect(PoolTag(word: word("Toke") | 0x8000_0000) == .token)
        #expect(PoolTag(word: word("SeAt")) == nil)
        #expect(PoolTag(word: 0) == nil)
    }

    @Test("the look without branches says the same", arguments: ["Toke", "SeLs", "Proc", "SeTd", "Thre", "\0\0\0\0"])
    func fastLook(text: String) {
        let word = word(text)
        #expect((PoolTag.isTag(word) == 1) == (PoolTag(word: word) != nil))
    }
}
