import AddressTranslation
import BinaryReading
import Testing

@testable import KernelObjects

@Suite("Walks along lists")
struct ListWalkTests {
    private static let head: UInt64 = 0xFFFF_8000_0000_1000

    private static func node(_ number: UInt64) -> UInt64 { head + 0x1000 * number }

    /// A circular list of `count` nodes, each in a page of its own.
    private static func circle(_ count: UInt64) -> [UInt64: UInt64] {
        var words: [UInt64: UInt64] = [:]
        let ring = [head] + (1...count).map(node)
        for (index, address) in ring.enumerated() {
            words[address] = ring[(index + 1) % ring.count]
            words[address + 8] = ring[(index + ring.count - 1) % ring.count]
        }
        return words
    }

    private func walk(_ words: [UInt64: UInt64], limit: Int = 1000) -> ListWalk {
        ListWalk(head: VirtualAddress(Self.head), in: WordMemory.make(words), limit: limit)
    }

    private func numbers(_ walk: ListWalk) -> [UInt64] { walk.nodes.map { ($0.rawValue - Self.head) / 0x1000 } }

    @Test("a sound list is closed and complete")
    func sound() {
        let walk = walk(Self.circle(5))
        #expect(numbers(walk) == [1, 2, 3, 4, 5])
        #expect(walk.end == .closed)
        #expect(walk.isComplete)
    }

    @Test("an empty list has no nodes")
    func empty() {
        let walk = walk([Self.head: Self.head, Self.head + 8: Self.head])
        #expect(walk.nodes.isEmpty && walk.isComplete)
    }

    @Test("a cut Flink is mended from the other side by Blink")
    func cut() {
        var words = Self.circle(5)
        words[Self.node(2)] = 0
        let walk = walk(words)
        #expect(numbers(walk) == [1, 2, 3, 4, 5])
        #expect(walk.end == .wild(.null))
        #expect(walk.isComplete)
    }

    @Test("a list cut in both directions says that it is not complete")
    func cutTwice() {
        var words = Self.circle(5)
        words[Self.node(2)] = 0
        words[Self.node(4) + 8] = 0x1234
        let walk = walk(words)
        #expect(numbers(walk) == [1, 2, 4, 5])
        #expect(!walk.isComplete)
    }

    @Test("a list that comes back to a node ends as a cycle, and each node is there once")
    func cycle() {
        var words = Self.circle(9)
        words[Self.node(7)] = Self.node(3)
        let walk = walk(words)
        guard case .cycle = walk.end else {
            Issue.record("\(walk.end)")
            return
        }
        #expect(numbers(walk) == [1, 2, 3, 4, 5, 6, 7, 8, 9])
        #expect(walk.isComplete)
    }

    @Test("a node that points at itself")
    func selfReference() {
        var words = Self.circle(3)
        words[Self.node(1)] = Self.node(1)
        words[Self.node(3) + 8] = Self.node(3)
        let walk = walk(words)
        #expect(numbers(walk) == [1, 3])
        #expect(!walk.isComplete)
    }

    @Test("a node in an absent page breaks the walk and is left out; the other side shows the rest")
    func absentNode() {
        var words = Self.circle(5)
        words[Self.node(3)] = nil
        words[Self.node(3) + 8] = nil
        let walk = walk(words)
        guard case .broken(let error) = walk.end else {
            Issue.record("\(walk.end)")
            return
        }
        #expect(error.address.rawValue == Self.node(3))
        #expect(numbers(walk) == [1, 2, 4, 5])
        #expect(!walk.isComplete)
    }

    @Test("more nodes than the limit")
    func limit() {
        let walk = walk(Self.circle(20), limit: 4)
        #expect(walk.end == .limit(4))
        #expect(walk.nodes.count <= 8)
    }
}
