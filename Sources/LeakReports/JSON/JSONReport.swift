import BinaryReading
import KernelObjects
public import LeakAnalysis

/// The analysis as JSON, version 1 (DESIGN §4): every key always there, in the same order, `null` where something is absent.
public enum JSONReport {
    /// Name and version of the form.
    public static let schema = "logonleak/analysis/1"

    /// Writes the whole analysis as one object.
    ///
    /// - Parameters:
    ///   - analysis: What to write.
    ///   - tool: Which tool writes.
    ///   - sink: Takes the bytes in pieces of about 64 KiB.
    public static func write(_ analysis: Analysis, tool: ToolIdentity, to sink: @escaping ReportSink) {
        var writer = JSONWriter(expandedLevels: 2, sink: sink)
        let report = AnalysisJSON(analysis)
        writer.object { writer in
            report.writeHead(tool, to: &writer)
            report.writeSummary(to: &writer)
            writer.array("logonSessions", analysis.sessions) { report.write($1, to: &$0) }
            writer.array("terminalSessions", analysis.terminalSessions) { report.write($1, to: &$0) }
            writer.array("tokens", analysis.tokens) { report.write($1, to: &$0) }
            writer.array("processes", analysis.snapshot.processes.indices) { report.writeProcess($1, to: &$0) }
            writer.array("modules", report.modules) { report.write($1, to: &$0) }
            writer.array("gaps", analysis.snapshot.gaps) { report.write($1, to: &$0) }
        }
        writer.finish()
    }

    /// Writes one object a line, each with a `type` key: for analyses that are too large for one text.
    ///
    /// The first line, of type `analysis`, holds everything but the long arrays; their elements follow as `logonSession`,
    /// `terminalSession`, `token`, `process`, `module` and `gap`.
    public static func writeLines(_ analysis: Analysis, tool: ToolIdentity, to sink: @escaping ReportSink) {
        var writer = JSONWriter(expandedLevels: 0, sink: sink)
        let report = AnalysisJSON(analysis)
        func line(_ type: String, _ body: (inout JSONWriter) -> Void) {
            writer.object { writer in
                writer.field("type", type)
                body(&writer)
            }
            writer.endLine()
        }
        line("analysis") { writer in
            report.writeHead(tool, to: &writer)
            report.writeSummary(to: &writer)
        }
        for session in analysis.sessions { line("logonSession") { report.writeFields(of: session, to: &$0) } }
        for terminal in analysis.terminalSessions {
            line("terminalSession") { report.writeFields(of: terminal, to: &$0) }
        }
        for token in analysis.tokens { line("token") { report.writeFields(of: token, to: &$0) } }
        for position in analysis.snapshot.processes.indices {
            line("process") { report.writeFields(ofProcess: position, to: &$0) }
        }
        for module in report.modules { line("module") { report.writeFields(of: module, to: &$0) } }
        for gap in analysis.snapshot.gaps { line("gap") { report.writeFields(of: gap, to: &$0) } }
        writer.finishLines()
    }
}
