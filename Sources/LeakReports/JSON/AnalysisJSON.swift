import BinaryReading
import KernelObjects
import LeakAnalysis

/// Writes the parts of an analysis as JSON; each part has its keys in one place. Shared by all workers of a report.
final class AnalysisJSON: Sendable {
    let analysis: Analysis

    /// Named return addresses, and where each stands.
    let frames: [StackFrame]
    let framePositions: PositionTable

    init(_ analysis: Analysis) {
        self.analysis = analysis
        frames = Array(analysis.snapshot.frames.values)
        framePositions = PositionTable(frames.map(\.address))
    }

    var snapshot: Snapshot { analysis.snapshot }

    /// `schema` to `tracking`: what was opened, and with what.
    func writeHead(_ tool: ToolIdentity, to writer: inout JSONWriter) {
        writer.head(schema: JSONReport.schema, tool)
        writer.object("dump", writeDump)
        writer.object("kernel", writeKernel)
        writer.object("tracking") { writer in
            writer.field("supported", snapshot.tracking.isSupported)
            writer.field("enabled", snapshot.tracking.isEnabled)
        }
    }

    private func writeDump(to writer: inout JSONWriter) {
        let dump = snapshot.dump
        writer.field("path", dump.path)
        writer.field("format", dump.format)
        writer.field("dumpType", dump.dumpType)
        writer.field("build", dump.build)
        writer.field("version", snapshot.kernel.version)
        writer.time("captured", dump.captured)
        writer.field("uptimeSeconds", dump.uptimeSeconds)
        writer.field("processors", dump.processorCount)
        writer.key("bugCheck")
        if let code = dump.bugCheckCode {
            writer.object { writer in
                writer.hex("code", code)
                writer.array("parameters", dump.bugCheckParameters) { $0.hex($1) }
            }
        } else {
            writer.null()
        }
        writer.field("computerName", dump.computerName)
        writer.field("hasUserPages", dump.hasUserPages)
        writer.object("pages") { writer in
            writer.field("expected", dump.expectedPages)
            writer.field("present", dump.presentPages)
        }
    }

    private func writeKernel(to writer: inout JSONWriter) {
        let kernel = snapshot.kernel
        writer.address("base", kernel.base)
        writer.hex("dtb", kernel.directoryTableBase.rawValue)
        writer.object("pdb") { writer in
            writer.field("name", kernel.identity.name)
            writer.field("guid", kernel.identity.guid.symbolServerText)
            writer.field("age", kernel.identity.age)
        }
        writer.field("symbolSource", kernel.symbolSource)
        writer.key("inference")
        guard let inference = kernel.inference else { return writer.null() }
        writer.object { write(inference, to: &$0) }
    }

    private func write(_ inference: InferenceFacts, to writer: inout JSONWriter) {
        writer.field("confidence", inference.confidence)
        writer.field("layouts", inference.layouts)
        writer.array("facts", inference.facts) { writer, fact in
            writer.object { writer in
                writer.field("name", fact.name)
                writer.field("value", fact.value)
                writer.field("how", fact.how)
            }
        }
        writer.array("checks", inference.checks) { writer, check in
            writer.object { writer in
                writer.field("question", check.question)
                writer.field("held", check.held)
                writer.field("failed", check.failed)
            }
        }
        writer.strings("missing", inference.missing)
    }

    /// `verdict` to `findings`.
    func writeSummary(to writer: inout JSONWriter) {
        writer.object("verdict") { writer in
            writer.field("state", analysis.verdict.state.rawValue)
            writer.field("confidence", analysis.verdict.confidence.word)
            writer.field("headline", analysis.verdict.headline)
            writer.object("coverage", writeCoverage)
        }
        writer.object("totals", writeTotals)
        writer.object("accounts", writeAccounts)
        writer.array("holders", analysis.holders) { write($1, to: &$0) }
        writer.array("creators") { writer in
            writer.elements(analysis.creators.count) { write(analysis.creators[$1], to: &$0) }
        }
        writer.array("fixPlan", analysis.fixPlan.enumerated()) { write($1.element, number: $1.offset + 1, to: &$0) }
        writer.array("findings", analysis.findings) { write($1, to: &$0) }
    }

    private func writeCoverage(to writer: inout JSONWriter) {
        let coverage = analysis.verdict.coverage
        writer.strings("sources", coverage.walks.tokenSources.words)
        writer.object("sessionChains") { writer in
            writer.field("total", VerdictCoverage.sessionChains)
            writer.field("read", coverage.walks.sessionChainsRead)
            writer.field("complete", coverage.walks.sessionChainsComplete)
        }
        writer.object("processes") { writer in
            writer.field("read", coverage.processes)
            writer.field("unreadable", coverage.walks.unreadableProcesses)
            writer.field("listComplete", coverage.walks.isProcessListComplete)
            writer.field("completeThreadLists", coverage.walks.completeThreadLists)
        }
        writer.key("handleTablePages")
        if let pages = coverage.walks.handleTablePages {
            writer.object { writer in
                writer.field("read", pages.read)
                writer.field("missing", pages.missing)
            }
        } else {
            writer.null()
        }
        writer.field("unreadableTokens", snapshot.unreadableTokens.count)
        writer.strings("limits", coverage.limits)
    }

    private func writeTotals(to writer: inout JSONWriter) {
        let totals = analysis.totals
        writer.object("logonSessions") { writer in
            writer.field("total", totals.sessionCount)
            for state in SessionState.allCases {
                writer.key(state.rawValue)
                writer.number(totals.sessions[state])
            }
        }
        writer.object("terminalSessions") { writer in
            writer.field("live", totals.liveTerminalSessions)
            writer.field("leaked", totals.leakedTerminalSessions)
        }
        writer.field("tokens", totals.tokens)
        writer.field("handles", totals.handles)
        writer.field("processes", totals.processes)
        writer.field("zombies", totals.zombies)
    }

    private func writeAccounts(to writer: inout JSONWriter) {
        let objects = analysis.tokenObjects
        writer.object("tokenObjects") { writer in
            writer.field("typeTotal", objects.typeTotal)
            writer.field("found", objects.found)
            writer.field("byTokenList", objects.byTokenList)
            writer.field("byHandle", objects.byHandle)
            writer.field("byPrimary", objects.byPrimary)
            writer.field("byImpersonation", objects.byImpersonation)
            writer.field("byScan", objects.byScan)
            writer.field("unexplained", objects.unexplained)
        }
        writer.object("sessions") { writer in
            let closed = analysis.sessions.count { $0.account.isClosed }
            writer.field("closed", closed)
            writer.field("open", analysis.sessions.count - closed)
            writer.object("convention") { writer in
                writer.field("constant", analysis.convention.constant)
                writer.field("verified", analysis.convention.isVerified)
                writer.field("samples", analysis.convention.samples)
            }
        }
        writer.array("pool", snapshot.poolUsage.blocks) { writer, blocks in
            writer.object { writer in
                writer.field("tag", blocks.tag)
                writer.field("blocks", blocks.count)
                writer.field("bytes", blocks.byteCount)
                writer.field("measured", blocks.measured)
            }
        }
    }
}

extension Token.Sources {
    /// All sources in the order of the JSON's words.
    private static let named: [(Token.Sources, String)] = [
        (.tokenList, "tokenList"), (.primaryToken, "primaryToken"), (.impersonation, "impersonation"),
        (.sessionCache, "sessionCache"), (.trustLink, "trustLink"), (.handle, "handle"), (.poolScan, "poolScan"),
        (.systemVariable, "systemVariable"),
    ]

    /// The sources in words, always in the same order.
    var words: [String] { Self.named.filter { contains($0.0) }.map(\.1) }
}

extension Confidence {
    /// The word for it.
    package var word: String {
        switch self {
        case .possible: "possible"
        case .likely: "likely"
        case .certain: "certain"
        }
    }
}

extension Severity {
    /// The word for it.
    package var word: String {
        switch self {
        case .notice: "notice"
        case .warning: "warning"
        case .critical: "critical"
        }
    }
}
