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
            writer.array("logonSessions") { writer in
                writer.elements(analysis.sessions.count) { report.write(analysis.sessions[$1], to: &$0) }
            }
            writer.array("terminalSessions", analysis.terminalSessions) { report.write($1, to: &$0) }
            writer.array("tokens") { writer in
                writer.elements(analysis.tokens.count) { report.write(analysis.tokens[$1], to: &$0) }
            }
            writer.array("processes", analysis.snapshot.processes.indices) { report.writeProcess($1, to: &$0) }
            writer.array("modules", report.modules) { report.write($1, to: &$0) }
            writer.array("gaps", analysis.snapshot.gaps) { report.write($1, to: &$0) }
        }
        writer.finish()
    }

    /// Writes one object a line, `{"type":"token","token":{…}}`: for analyses that are too large for one text.
    ///
    /// The first line, of type `analysis`, holds everything but the long arrays; their elements follow as `logonSession`,
    /// `terminalSession`, `token`, `process`, `module` and `gap`.
    public static func writeLines(_ analysis: Analysis, tool: ToolIdentity, to sink: @escaping ReportSink) {
        var writer = JSONWriter(expandedLevels: 0, sink: sink)
        let report = AnalysisJSON(analysis)
        writer.line("analysis") { writer in
            writer.object { writer in
                report.writeHead(tool, to: &writer)
                report.writeSummary(to: &writer)
            }
        }
        writer.elements(analysis.sessions.count) { writer, number in
            writer.line("logonSession") { report.write(analysis.sessions[number], to: &$0) }
        }
        for terminal in analysis.terminalSessions { writer.line("terminalSession") { report.write(terminal, to: &$0) } }
        writer.elements(analysis.tokens.count) { writer, number in
            writer.line("token") { report.write(analysis.tokens[number], to: &$0) }
        }
        for position in analysis.snapshot.processes.indices {
            writer.line("process") { report.writeProcess(position, to: &$0) }
        }
        for module in report.modules { writer.line("module") { report.write(module, to: &$0) } }
        for gap in analysis.snapshot.gaps { writer.line("gap") { report.write(gap, to: &$0) } }
        writer.finishLines()
    }
}

extension JSONWriter {
    /// A line of the stream form.
    fileprivate mutating func line(_ type: String, _ body: (inout JSONWriter) -> Void) {
        object { writer in
            writer.field("type", type)
            writer.key(type)
            body(&writer)
        }
        endLine()
    }
}
