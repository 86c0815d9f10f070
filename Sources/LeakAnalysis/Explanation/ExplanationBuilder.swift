import BinaryReading
import KernelObjects

/// Builds the trees of an explanation, each object once, within limits.
struct ExplanationBuilder {
    typealias Node = Explanation.Node
    typealias Fact = Explanation.Fact
    typealias Link = Explanation.Link

    /// A child that is still to be built.
    enum Step {
        case session(Int, Link)
        case token(Int, Link)
        case unreadableToken(VirtualAddress)
        case process(Int, Link)
        case thread(Int, Link)
        case handle(Pin)
        /// References without a named owner: a link, a name inside the parent, a label and their number.
        case references(Link, String, String, Int64?)
        /// A token or process that the parent keeps by these pins; not followed further.
        case kept(token: Int, [Pin])
        case keptProcess(Int, [Pin])
    }

    let analysis: Analysis
    let limits: Explanation.Limits
    /// Positions of the threads in each process's list.
    let threadsOfProcess: [VirtualAddress: [Int]]
    private var expanded: Set<String> = []
    private var nodeCount = 0

    init(_ analysis: Analysis, limits: Explanation.Limits) {
        self.analysis = analysis
        self.limits = limits
        threadsOfProcess = Dictionary(grouping: analysis.snapshot.threads.indices) {
            analysis.snapshot.threads[$0].process
        }
    }

    var snapshot: Snapshot { analysis.snapshot }

    /// The trees of what a reading leads to.
    mutating func roots(of reading: ExplanationQuery.Reading) -> [Node] {
        switch reading {
        case .luid(_, let positions): positions.map { session($0, link: nil, depth: 0) }
        case .sessionAddress(let position): [session(position, link: nil, depth: 0)]
        case .tokenAddress(let position), .tokenID(_, let position): [token(position, link: nil, depth: 0)]
        case .processAddress(let position): [process(position, link: nil, depth: 0)]
        case .processID(_, let positions): positions.map { process($0, link: nil, depth: 0) }
        }
    }

    // MARK: Objects

    private mutating func session(_ position: Int, link: Link?, depth: Int) -> Node {
        let id = "session-\(snapshot.logonSessions[position].address)"
        let isRoot = link == nil
        return object(
            .logonSession, id: id, link: link, label: label(ofSession: position), facts: facts(ofSession: position),
            depth: depth
        ) { $0.steps(toSession: position, isRoot: isRoot) }
    }

    private mutating func token(_ position: Int, link: Link?, depth: Int) -> Node {
        let isInItsSession = link == .references || link == .notCounted
        return object(
            .token, id: "token-\(snapshot.tokens[position].address)", link: link,
            label: label(ofToken: position, namesSession: !isInItsSession), facts: facts(ofToken: position),
            depth: depth
        ) { $0.steps(toToken: position) }
    }

    private mutating func unreadableToken(_ address: VirtualAddress, depth: Int) -> Node {
        object(
            .unreadableToken, id: "token-\(address)", link: .references,
            label: "token \(address.debuggerText), which cannot be read",
            facts: [Fact("address", .hex(address.rawValue))],
            depth: depth
        ) { $0.steps(toUnreadableToken: address) }
    }

    private mutating func process(_ position: Int, link: Link?, depth: Int) -> Node {
        let isRoot = link == nil
        return object(
            .process, id: "process-\(snapshot.processes[position].address)", link: link,
            label: label(ofProcess: position), facts: facts(ofProcess: position), depth: depth
        ) { builder in
            let keepers = builder.steps(toProcess: position, isRoot: isRoot)
            return isRoot ? keepers + builder.steps(keptBy: position) : keepers
        }
    }

    private mutating func thread(_ position: Int, link: Link, depth: Int) -> Node {
        object(
            .thread, id: "thread-\(snapshot.threads[position].address)", link: link,
            label: label(ofThread: position, namesProcess: link == .impersonation), facts: facts(ofThread: position),
            depth: depth
        ) { $0.steps(toThread: position, link: link) }
    }

    /// An object with its children, where it does not stand in the tree already.
    private mutating func object(
        _ kind: Node.Kind, id: String, link: Link?, label: String, facts: [Fact], depth: Int,
        steps: (ExplanationBuilder) -> [Step]
    ) -> Node {
        nodeCount += 1
        let isNew = expanded.insert(id).inserted
        return Node(
            kind: kind, id: id, link: link, label: label, facts: isNew ? facts : [], isRepeated: !isNew,
            children: isNew ? children(steps(self), of: id, depth: depth + 1) : [])
    }

    // MARK: Children

    private mutating func children(_ steps: [Step], of parent: String, depth: Int) -> [Node] {
        var nodes: [Node] = []
        for step in depth > limits.depth ? [] : steps.prefix(limits.children) {
            guard nodeCount < limits.nodes else { break }
            nodes.append(node(step, of: parent, depth: depth))
        }
        let left = steps.count - nodes.count
        if left > 0 {
            nodes.append(
                Node(
                    kind: .omitted, id: "more-\(parent)", link: .omitted, label: "\(left.groupedText) more",
                    facts: [Fact("count", .number(Int64(left)))], isRepeated: false, children: []))
        }
        return nodes
    }

    private mutating func node(_ step: Step, of parent: String, depth: Int) -> Node {
        switch step {
        case .session(let position, let link): return session(position, link: link, depth: depth)
        case .token(let position, let link): return token(position, link: link, depth: depth)
        case .unreadableToken(let address): return unreadableToken(address, depth: depth)
        case .process(let position, let link): return process(position, link: link, depth: depth)
        case .thread(let position, let link): return thread(position, link: link, depth: depth)
        case .handle(let pin): return handle(pin)
        case .references(let link, let name, let label, let count):
            return leaf(
                .references, id: "\(name)-\(parent)", link: link, label: label, facts: [Fact("count", .init(count))])
        case .kept(let position, let pins): return kept(token: position, pins)
        case .keptProcess(let position, let pins): return kept(process: position, pins, depth: depth)
        }
    }

    private mutating func kept(token position: Int, _ pins: [Pin]) -> Node {
        leaf(
            .token, id: "token-\(snapshot.tokens[position].address)", link: .keepsToken,
            label: label(ofToken: position, namesSession: true) + ", " + ways(pins), facts: facts(ofKeptToken: position)
        )
    }

    /// An exited process with its primary token, which it keeps in turn.
    private mutating func kept(process position: Int, _ pins: [Pin], depth: Int) -> Node {
        let process = snapshot.processes[position]
        let token = process.primaryToken.flatMap(analysis.tokenPosition(at:))
        let own = token.map { analysis.tokens[$0].pins.filter { $0.kind == .primaryToken && $0.process == position } }
        nodeCount += 1
        return Node(
            kind: .process, id: "process-\(process.address)", link: .keepsProcess,
            label: label(ofProcess: position) + ", " + ways(pins), facts: facts(ofKeptProcess: position),
            isRepeated: false, children: token.map { [kept(token: $0, own ?? [])] } ?? [])
    }

    private mutating func leaf(_ kind: Node.Kind, id: String, link: Link, label: String, facts: [Fact]) -> Node {
        nodeCount += 1
        return Node(kind: kind, id: id, link: link, label: label, facts: facts, isRepeated: false, children: [])
    }

    private mutating func handle(_ pin: Pin) -> Node {
        let process = pin.process.map { snapshot.processes[$0] }
        let owner = process?.address.description ?? "unknown"
        let table = pin.isKernelHandle == true ? "kernel" : "user"
        return leaf(
            .handle, id: "handle-\(table)-\(owner)-\((pin.handle ?? 0).hexText)", link: .handle, label: label(of: pin),
            facts: facts(of: pin))
    }

    /// By what a process keeps something: `by handle 0x44 and as its primary token`.
    private func ways(_ pins: [Pin]) -> String {
        let handles = pins.filter { $0.handle != nil }
        var ways: [String] = []
        if let first = handles.first, let value = first.handle {
            ways.append(handles.count == 1 ? "by handle \(value.hexText)" : "by \(handles.count.counted("handle"))")
        }
        if pins.contains(where: { $0.kind == .primaryToken }) { ways.append("as its primary token") }
        if pins.contains(where: { $0.kind == .impersonation }) { ways.append("by impersonation") }
        return ways.joined(separator: " and ")
    }
}
