import LeakAnalysis

/// Draws a tree with box lines, wrapped to a width.
struct ExplanationTree {
    /// Columns that are left for text however deep a node stands.
    private static let minimumTextWidth = 40
    private static let step = 3

    private let style: TextStyle
    private(set) var text = ""

    init(_ style: TextStyle) { self.style = style }

    /// A line before the trees.
    mutating func remark(_ content: String) {
        write(content, first: "", rest: "", role: .warning)
    }

    /// A tree; trees stand apart from one another.
    mutating func root(_ node: Explanation.Node) {
        if !text.isEmpty { text += "\n" }
        draw(node, first: [], rest: [])
    }

    /// - Parameters:
    ///   - first: What stands before the node's label, one piece for each level.
    ///   - rest: What stands before everything below it.
    private mutating func draw(_ node: Explanation.Node, first: [String], rest: [String]) {
        let bar = node.children.isEmpty ? "   " : "│  "
        write(Self.title(of: node), first: margin(first), rest: margin(rest + [bar]) + "  ", role: Self.role(of: node))
        let isBrief = node.link?.isKeptByParent == true
        for line in isBrief ? [] : node.facts.flatMap(\.lines) {
            let indent = String(line.prefix { $0 == " " })
            let margin = margin(rest + [bar]) + indent
            write(line, first: margin, rest: margin + "  ", role: .quiet)
        }
        for (number, child) in node.children.enumerated() {
            let isLast = number == node.children.count - 1
            draw(child, first: rest + [isLast ? "└─ " : "├─ "], rest: rest + [isLast ? "   " : "│  "])
        }
    }

    private static func title(of node: Explanation.Node) -> String {
        var title = node.label
        if let phrase = node.link?.phrase, !phrase.isEmpty { title = phrase + " " + title }
        return node.isRepeated ? title + " (shown above)" : title
    }

    private static func role(of node: Explanation.Node) -> TextStyle.Role? {
        switch node.kind {
        case .handle, .references: .warning
        case .omitted: .quiet
        case .logonSession, .token, .unreadableToken, .process, .thread: node.link == nil ? .heading : nil
        }
    }

    /// The lines of all levels; of a node too deep for the width only those nearest to it, after a mark.
    private func margin(_ pieces: [String]) -> String {
        let most = Swift.max(1, (style.width - Self.minimumTextWidth) / Self.step)
        guard pieces.count > most else { return pieces.joined() }
        return "…  " + pieces.suffix(most - 1).joined()
    }

    private mutating func write(_ content: String, first: String, rest: String, role: TextStyle.Role?) {
        let width = style.width - Swift.max(first.columns, rest.columns)
        for (number, line) in TextLayout.wrapped(content.terminalSafe, width: width).enumerated() {
            text += (number == 0 ? first : rest) + (role.map { style.paint(line, $0) } ?? line) + "\n"
        }
    }
}
