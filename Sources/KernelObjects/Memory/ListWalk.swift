import AddressTranslation
import BinaryReading

/// How a walk along a list ended.
enum ListEnd: Hashable, Sendable {
    /// Back at the head, or at the null pointer of a singly linked list.
    case closed
    /// The same node came again before the end.
    case cycle(VirtualAddress)
    /// A node could not be read.
    case broken(TranslationError)
    /// A link that can be no node: null, in the user half or not aligned.
    case wild(VirtualAddress)
    /// More nodes than any machine has.
    case limit(Int)

    /// Why the walk ended early, in words.
    var text: String {
        switch self {
        case .closed: "it ended as it should"
        case .cycle(let node): "it comes back to \(node.debuggerText) instead of its head"
        case .broken(let error): "the node at \(error.address.debuggerText) cannot be read: \(error.reasonText)"
        case .wild(let node): "a link points to \(node.debuggerText), where no node can be"
        case .limit(let limit): "it has more than \(limit) nodes"
        }
    }
}

/// The nodes of a doubly linked list (`_LIST_ENTRY`) and how the walk ended. Cannot loop, and reads no more than `limit` nodes.
struct ListWalk {
    /// Addresses of the `_LIST_ENTRY` of each node, in list order, without the head.
    var nodes: [VirtualAddress] = []
    /// How the walk by Flink ended.
    var end: ListEnd = .closed
    /// Whether all nodes were found: by Flink alone, or by Blink from the other side up to a node that Flink had reached.
    var isComplete = true

    /// Bound on nodes of any list; ten times what the worst machines of the field show (`users-and-practice.md` §1.2).
    static let nodeLimit = 40_000_000

    /// Walks from a head by Flink and, where that breaks, from the other side by Blink.
    init(head: VirtualAddress, in memory: VirtualMemory, limit: Int = ListWalk.nodeLimit) {
        var forward = Self.follow(from: head, linkOffset: 0, in: memory, limit: limit)
        if case .closed = forward.end {
            nodes = forward.nodes
            return
        }
        end = forward.end
        var seen = Set<VirtualAddress>()
        forward.nodes = forward.nodes.filter { seen.insert($0).inserted }
        let backward = Self.follow(from: head, linkOffset: 8, in: memory, limit: limit)
        isComplete = false
        var tail: [VirtualAddress] = []
        for node in backward.nodes {
            guard seen.insert(node).inserted else {
                isComplete = true
                break
            }
            tail.append(node)
        }
        nodes = forward.nodes + tail.reversed()
    }

    /// Whether an address can be a `_LIST_ENTRY` of the kernel.
    static func isPlausible(_ node: VirtualAddress) -> Bool { node.isKernel && node.rawValue & 7 == 0 }

    private static func follow(from head: VirtualAddress, linkOffset: Int, in memory: VirtualMemory, limit: Int)
        -> (nodes: [VirtualAddress], end: ListEnd)
    {
        var nodes: [VirtualAddress] = []
        var cycle = CycleDetection(start: head)
        var current = head
        while true {
            let next: VirtualAddress
            do throws(TranslationError) { next = try memory.loadAddress(at: current + linkOffset) } catch {
                // The node itself is the unreadable one: it was named by its neighbour but shows nothing.
                if !nodes.isEmpty { nodes.removeLast() }
                return (nodes, .broken(error))
            }
            if next == head { return (nodes, .closed) }
            guard isPlausible(next) else { return (nodes, .wild(next)) }
            guard !cycle.closes(at: next) else { return (nodes, .cycle(next)) }
            guard nodes.count < limit else { return (nodes, .limit(limit)) }
            nodes.append(next)
            current = next
        }
    }
}

/// Brent's cycle detection: no memory, at most three times the nodes of the cycle.
struct CycleDetection {
    private var mark: VirtualAddress
    private var steps = 0
    private var power = 1

    init(start: VirtualAddress) { mark = start }

    /// Whether stepping to `node` closes a cycle.
    mutating func closes(at node: VirtualAddress) -> Bool {
        guard node != mark else { return true }
        steps += 1
        if steps == power {
            mark = node
            steps = 0
            power *= 2
        }
        return false
    }
}
