import KernelObjects
public import LeakAnalysis

/// An explanation as a tree for people, as JSON, or as a drawing for Graphviz.
public struct ExplanationReport: Sendable {
    /// Name and version of the JSON form.
    public static let schema = "logonleak/explanation/1"

    private let explanation: Explanation
    private let snapshot: Snapshot

    /// A report of an explanation that was drawn from an analysis.
    public init(_ explanation: Explanation, of analysis: Analysis) {
        self.explanation = explanation
        snapshot = analysis.snapshot
    }

    /// The tree in text; no line is wider than the style says.
    public func render(style: TextStyle) -> String {
        var tree = ExplanationTree(style)
        for reading in explanation.otherReadings {
            tree.remark("\(explanation.argument) could also be \(reading).")
        }
        for node in explanation.found { tree.root(node) }
        return tree.text
    }

    /// The tree as a graph in the language of Graphviz; arrows point from what keeps to what is kept.
    public func renderDOT() -> String {
        var graph = ExplanationGraph()
        for node in explanation.found { graph.add(node) }
        return graph.text
    }

    /// The tree as JSON: nodes hold their children, every node has the same keys.
    public func writeJSON(tool: ToolIdentity, to sink: @escaping ReportSink) {
        var writer = JSONWriter(expandedLevels: 2, sink: sink)
        writer.object { writer in
            writer.head(schema: Self.schema, tool)
            writer.object("dump") { DumpSlice(snapshot).writeFields(to: &$0) }
            writer.field("argument", explanation.argument)
            writer.field("subject", explanation.subject?.rawValue)
            writer.strings("otherReadings", explanation.otherReadings)
            writer.array("found", explanation.found) { Self.write($1, to: &$0) }
        }
        writer.finish()
    }

    private static func write(_ node: Explanation.Node, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("kind", node.kind.rawValue)
            writer.field("id", node.id)
            writer.field("link", node.link?.rawValue)
            writer.field("label", node.label)
            writer.field("repeated", node.isRepeated)
            writer.object("facts") { writer in
                for fact in node.facts {
                    writer.key(fact.name)
                    write(fact.value, to: &writer)
                }
            }
            writer.array("children", node.children) { write($1, to: &$0) }
        }
    }

    private static func write(_ value: Explanation.Fact.Value, to writer: inout JSONWriter) {
        switch value {
        case .none: writer.null()
        case .text(let text): writer.value(text)
        case .number(let number): writer.number(number)
        case .hex(let number): writer.hex(number)
        case .flag(let flag): writer.value(flag)
        case .list(let items): writer.array(items) { $0.value($1) }
        }
    }
}

/// Which dump a report speaks of, in the reports that are not a whole analysis.
struct DumpSlice {
    private let snapshot: Snapshot

    init(_ snapshot: Snapshot) { self.snapshot = snapshot }

    func writeFields(to writer: inout JSONWriter) {
        writer.field("path", snapshot.dump.path)
        writer.field("version", snapshot.kernel.version)
        writer.time("captured", snapshot.dump.captured)
        writer.field("uptimeSeconds", snapshot.dump.uptimeSeconds)
        writer.field("computerName", snapshot.dump.computerName)
    }
}
