import BinaryReading
import KernelObjects
public import LeakAnalysis

/// One of the lists of an analysis, as a table for people, as CSV, or as its slice of the JSON.
public struct TableReport: Sendable {
    /// Which list.
    public enum Subject: String, Hashable, Sendable, CaseIterable {
        /// `logonleak sessions`.
        case sessions
        /// `logonleak tokens`.
        case tokens
        /// `logonleak processes`.
        case processes
        /// `logonleak modules`.
        case modules
        /// `logonleak terminals`.
        case terminals

        /// The key of the slice in the analysis' JSON.
        public var key: String {
            switch self {
            case .sessions: "logonSessions"
            case .tokens: "tokens"
            case .processes: "processes"
            case .modules: "modules"
            case .terminals: "terminalSessions"
            }
        }
    }

    /// Which list.
    public let subject: Subject
    private let analysis: Analysis

    /// A report of one list of an analysis.
    public init(_ subject: Subject, of analysis: Analysis) {
        self.subject = subject
        self.analysis = analysis
    }

    /// The table for people.
    public func render(style: TextStyle) -> String {
        let table = table(addresses: \.debuggerText)
        guard !table.rows.isEmpty else { return "There are no \(subject.rawValue) in this dump.\n" }
        var layout = TextLayout(style)
        layout.table(table, indent: 0)
        return layout.text
    }

    /// The table as CSV (RFC 4180), addresses and LUIDs as in the JSON.
    public func writeCSV(to sink: @escaping ReportSink) {
        table(addresses: \.description).writeCSV(to: sink)
    }

    /// The slice as JSON: an object with `schema`, `tool` and the array that the whole analysis has under `subject.key`.
    public func writeJSON(tool: ToolIdentity, to sink: @escaping ReportSink) {
        var writer = JSONWriter(expandedLevels: 2, sink: sink)
        let report = AnalysisJSON(analysis)
        writer.object { writer in
            writer.head(schema: "logonleak/\(subject.rawValue)/1", tool)
            writer.key(subject.key)
            switch subject {
            case .sessions: writer.array(analysis.sessions) { report.write($1, to: &$0) }
            case .tokens: writer.array(analysis.tokens) { report.write($1, to: &$0) }
            case .processes: writer.array(analysis.snapshot.processes.indices) { report.writeProcess($1, to: &$0) }
            case .modules: writer.array(report.modules) { report.write($1, to: &$0) }
            case .terminals: writer.array(analysis.terminalSessions) { report.write($1, to: &$0) }
            }
        }
        writer.finish()
    }

    private func table(addresses: KeyPath<VirtualAddress, String>) -> Table {
        let rows = AnalysisRows(analysis) { $0[keyPath: addresses] }
        return switch subject {
        case .sessions: rows.sessions
        case .tokens: rows.tokens
        case .processes: rows.processes
        case .modules: rows.modules
        case .terminals: rows.terminals
        }
    }
}
