import BinaryReading
import KernelObjects
import LeakAnalysis

/// Writes a comparison as JSON; each part has its keys in one place.
struct ComparisonJSON {
    private let comparison: Comparison
    private var seconds: UInt64? { comparison.basis.isComparable ? comparison.basis.seconds : nil }

    init(_ comparison: Comparison) { self.comparison = comparison }

    func write(tool: ToolIdentity, to sink: @escaping ReportSink) {
        var writer = JSONWriter(expandedLevels: 2, sink: sink)
        writer.object { writer in
            writer.head(schema: ComparisonReport.schema, tool)
            writer.object("old") { DumpSlice(comparison.old.snapshot).writeFields(to: &$0) }
            writer.object("new") { DumpSlice(comparison.new.snapshot).writeFields(to: &$0) }
            writer.field("comparable", comparison.basis.isComparable)
            writer.strings("obstacles", comparison.basis.obstacles)
            writer.field("seconds", comparison.basis.seconds)
            writer.object("totals", writeTotals)
            writer.array("holders", comparison.holders) { writeHolder($1, to: &$0) }
            writer.array("creators", comparison.creations) { writeCreation($1, to: &$0) }
            writer.object("logonSessions", writeSessions)
            writer.object("tokens") { writer in
                writer.array("new", comparison.newTokens) { writeToken($1, of: comparison.new, to: &$0) }
                writer.array("gone", comparison.goneTokens) { writeToken($1, of: comparison.old, to: &$0) }
            }
            writer.object("zombies") { writer in
                writer.array("new", comparison.newZombies) { writeZombie($1, of: comparison.new, to: &$0) }
                writer.array("gone", comparison.goneZombies) { writeZombie($1, of: comparison.old, to: &$0) }
            }
        }
        writer.finish()
    }

    private func writeTotals(to writer: inout JSONWriter) {
        write("logonSessions", comparison.sessions, to: &writer)
        write("leakedSessions", comparison.leakedSessions, to: &writer)
        write("leakedTerminalSessions", comparison.leakedTerminalSessions, to: &writer)
        write("tokens", comparison.tokens, to: &writer)
        write("tokenHandles", comparison.tokenHandles, to: &writer)
        write("processes", comparison.processes, to: &writer)
        write("zombies", comparison.zombies, to: &writer)
    }

    private func write(_ key: StaticString, _ growth: Growth?, to writer: inout JSONWriter) {
        writer.key(key)
        guard let growth else { return writer.null() }
        writer.object { writer in
            writer.field("old", growth.old)
            writer.field("new", growth.new)
            writer.field("appeared", growth.appeared)
            writer.field("gone", growth.gone)
            writer.hundredths("perHour", growth.hundredthsPerHour(seconds: seconds))
        }
    }

    private func writeHolder(_ change: Comparison.HolderChange, to writer: inout JSONWriter) {
        var key: Comparison.ProcessKey?
        if case .process(let process) = change.key { key = process }
        writer.object { writer in
            writer.field("holder", change.label)
            writer.field("pid", key?.processID)
            writer.time("created", key?.created)
            write("leakedSessions", change.leakedSessions, to: &writer)
            write("tokens", change.tokens, to: &writer)
            write("tokenHandles", comparison.tokenHandles == nil ? nil : change.tokenHandles, to: &writer)
            write("zombies", change.zombies, to: &writer)
        }
    }

    private func writeCreation(_ change: Comparison.CreationChange, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("pid", change.key.processID)
            writer.field("image", change.key.imageName)
            writer.field("method", change.key.method.word)
            writer.array("stack", change.key.trace) { writer, address in
                let isNew = comparison.new.snapshot.frames[address] != nil
                AnalysisJSON(isNew ? comparison.new : comparison.old).writeFrame(address, to: &writer)
            }
            write("tokens", change.tokens, to: &writer)
        }
    }

    private func writeSessions(to writer: inout JSONWriter) {
        writer.array("new", comparison.newSessions) { writer, position in
            writer.object { writeSession(position, of: comparison.new, to: &$0) }
        }
        writer.array("gone", comparison.goneSessions) { writer, position in
            writer.object { writeSession(position, of: comparison.old, to: &$0) }
        }
        writer.array("changed", comparison.changedSessions) { writer, change in
            writer.object { writer in
                writeSession(change.new, of: comparison.new, to: &writer)
                writer.field("oldState", comparison.old.sessions[change.old].state.rawValue)
            }
        }
    }

    private func writeSession(_ position: Int, of analysis: Analysis, to writer: inout JSONWriter) {
        let session = analysis.sessions[position]
        let read = analysis.snapshot.logonSessions[position]
        writer.luid("luid", read.luid)
        writer.address("silo", read.serverSilo)
        writer.field("account", analysis.accountName(of: session))
        writer.field("kind", session.kind.rawValue)
        writer.field("state", session.state.rawValue)
        writer.field("confidence", session.confidence.word)
        writer.field("tokens", session.referenceTotal)
        writer.strings("holders", session.holders.map(analysis.label(of:)))
    }

    private func writeToken(_ position: Int, of analysis: Analysis, to writer: inout JSONWriter) {
        let token = analysis.snapshot.tokens[position]
        writer.object { writer in
            writer.address("address", token.address)
            writer.luid("tokenId", token.tokenID)
            writer.luid("luid", token.authenticationID)
            writer.field("user", token.user.map { analysis.name(of: $0) ?? $0.description })
            writer.field("creator", token.creation.map { "\($0.processID):\($0.imageName)" })
            writer.strings("holders", analysis.tokens[position].holders.map(analysis.label(of:)))
        }
    }

    private func writeZombie(_ position: Int, of analysis: Analysis, to writer: inout JSONWriter) {
        let process = analysis.snapshot.processes[position]
        writer.object { writer in
            writer.field("pid", process.processID)
            writer.address("address", process.address)
            writer.field("image", process.imageName)
            writer.time("created", process.created)
            writer.time("exitedAt", process.exitedAt)
            writer.strings("heldBy", analysis.keepers(ofProcess: position))
        }
    }
}

extension Analysis {
    /// Names of those who keep an exited process's object: by handles to it or to its threads, or the kernel.
    func keepers(ofProcess position: Int) -> [String] {
        var names: Set<String> = []
        for pin in processPins[position] {
            if pin.kind == .kernelReferences || pin.isKernelHandle == true {
                names.insert("kernel")
            } else {
                names.insert(pin.process.map { label(of: .process($0)) } ?? "unknown")
            }
        }
        return names.isEmpty ? ["kernel"] : names.sorted()
    }
}
