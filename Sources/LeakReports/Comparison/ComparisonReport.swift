public import LeakAnalysis

/// What changed between two dumps, as text or as JSON.
public struct ComparisonReport: Sendable {
    /// Name and version of the JSON form.
    public static let schema = "logonleak/comparison/1"

    private let comparison: Comparison

    /// A report of a comparison.
    public init(_ comparison: Comparison) { self.comparison = comparison }

    /// The comparison for people; no line is wider than the style says.
    public func render(style: TextStyle) -> String { ComparisonText(comparison, style: style).render() }

    /// The comparison as one JSON object.
    public func writeJSON(tool: ToolIdentity, to sink: @escaping ReportSink) {
        ComparisonJSON(comparison).write(tool: tool, to: sink)
    }
}
