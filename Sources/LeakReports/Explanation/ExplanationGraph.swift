import LeakAnalysis

/// Draws explanations in the language of Graphviz. Every object is one node, however often it stands in the trees.
struct ExplanationGraph {
    private static let labelWidth = 40

    private var nodes: [String] = []
    private var edges: [String] = []
    private var drawn: Set<String> = []
    private var drawnEdges: Set<String> = []

    var text: String {
        let head = [
            "digraph explanation {", "  rankdir=RL;",
            "  node [fontname=\"sans-serif\", fontsize=10, style=filled, fillcolor=white];",
            "  edge [fontname=\"sans-serif\", fontsize=9];",
        ]
        return (head + nodes + edges + ["}"]).joined(separator: "\n") + "\n"
    }

    /// Adds a tree.
    mutating func add(_ node: Explanation.Node) {
        addNode(node)
        for child in node.children {
            add(child)
            guard let link = child.link else { continue }
            let (from, to) = link.isKeptByParent ? (node.id, child.id) : (child.id, node.id)
            let words =
                link.phrase.hasSuffix(",") || link.phrase.hasSuffix(":") ? String(link.phrase.dropLast()) : link.phrase
            let edge = "  \(Self.quoted(from)) -> \(Self.quoted(to)) [label=\(Self.quoted(words))];"
            if drawnEdges.insert(edge).inserted { edges.append(edge) }
        }
    }

    private mutating func addNode(_ node: Explanation.Node) {
        guard drawn.insert(node.id).inserted else { return }
        let lines = TextLayout.wrapped(node.label.terminalSafe, width: Self.labelWidth)
        let label = lines.map(Self.escaped).joined(separator: "\\n")
        var attributes = ["shape=\(Self.shape(of: node.kind))", "label=\"\(label)\""]
        if let color = Self.color(of: node) { attributes.append("fillcolor=\(color)") }
        nodes.append("  \(Self.quoted(node.id)) [\(attributes.joined(separator: ", "))];")
    }

    private static func shape(of kind: Explanation.Node.Kind) -> String {
        switch kind {
        case .logonSession: "box"
        case .token: "ellipse"
        case .unreadableToken: "ellipse"
        case .process: "component"
        case .thread: "cds"
        case .handle: "note"
        case .references: "octagon"
        case .omitted: "plaintext"
        }
    }

    /// What leaked and who must let go stand out; meaning never rests on colour alone.
    private static func color(of node: Explanation.Node) -> String? {
        switch node.kind {
        case .logonSession:
            node.facts.contains { $0.name == "state" && $0.value == .text("leaked") } ? "lightpink" : "lightgrey"
        case .handle, .references: "lightyellow"
        case .token, .unreadableToken, .process, .thread, .omitted: nil
        }
    }

    private static func quoted(_ text: String) -> String { "\"" + escaped(text.terminalSafe) + "\"" }

    /// Inside double quotes a backslash begins an escape; everything else stands for itself.
    private static func escaped(_ text: String) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            if scalar == "\"" || scalar == "\\" { escaped += "\\" }
            escaped.unicodeScalars.append(scalar)
        }
        return escaped
    }
}
