import BinaryReading
import KernelObjects
import LeakAnalysis

extension AnalysisJSON {
    func write(_ row: HolderAnalysis, to writer: inout JSONWriter) {
        writer.object { writer in
            let process = process(of: row.holder)
            writer.field("holder", analysis.label(of: row.holder))
            writer.field("pid", process?.processID)
            writer.field("image", process?.imageName)
            writer.strings("services", process?.services ?? [])
            writer.field("leakedSessions", row.leakedSessions)
            writer.field("leakedSessionsAlone", row.leakedSessionsAlone)
            writer.field("leakedTerminalSessions", row.leakedTerminalSessions)
            writer.field("tokens", row.tokens)
            writer.field("handles", row.handles)
        }
    }

    private func process(of holder: Holder) -> Process? {
        guard case .process(let position) = holder, snapshot.processes.indices.contains(position) else { return nil }
        return snapshot.processes[position]
    }

    func write(_ row: CreatorAnalysis, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("pid", row.key.processID)
            writer.field("image", row.key.imageName)
            writer.field("method", row.key.method.word)
            writer.array("stack", row.key.trace) { writeFrame($1, to: &$0) }
            writer.field("tokens", row.tokens)
            writer.field("leakedSessions", row.leakedSessions)
        }
    }

    func write(_ step: FixStep, number: Int, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("step", number)
            writer.field("holder", analysis.label(of: step.holder))
            writer.field("action", step.action.rawValue)
            writer.field("freesSessions", step.freesSessions)
            writer.field("freesTokens", step.freesTokens)
            writer.field("cumulativeSessions", step.cumulativeSessions)
        }
    }

    func write(_ finding: Finding, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("id", finding.rule.rawValue)
            writer.field("severity", finding.severity.word)
            writer.field("confidence", finding.confidence.word)
            writer.field("headline", finding.headline)
            writer.field("detail", finding.detail)
            writer.array("evidence", finding.evidence) { writer, item in
                writer.object { writer in
                    writer.address("address", item.address)
                    writer.field("field", item.field)
                    writer.field("value", item.value)
                }
            }
            writer.field("advice", finding.advice)
        }
    }

    /// A return address; outside every module only the address is known.
    func writeFrame(_ address: VirtualAddress, to writer: inout JSONWriter) {
        guard let position = framePositions[address] else { return writer.bareFrame(address) }
        writer.frame(address) { writeFields(ofFrame: frames[position], at: address, to: &$0) }
    }

    private func writeFields(ofFrame frame: StackFrame, at address: VirtualAddress, to writer: inout JSONWriter) {
        writer.object { writer in
            writer.address("address", address)
            writer.field("module", frame.module)
            writer.field("symbol", frame.symbol)
            writer.hex("displacement", frame.displacement)
        }
    }

    func write(_ gap: Gap, to writer: inout JSONWriter) {
        writer.object { writeFields(of: gap, to: &$0) }
    }

    private func writeFields(of gap: Gap, to writer: inout JSONWriter) {
        writer.field("what", gap.what)
        writer.address("address", gap.address)
        writer.field("why", gap.why)
        writer.field("limits", gap.limits)
    }

    /// Loaded modules by base, then unloaded ones as Windows keeps them.
    var modules: [ModuleRow] {
        snapshot.modules.sorted { $0.base < $1.base }.map(ModuleRow.loaded)
            + snapshot.unloadedModules.map(ModuleRow.unloaded)
    }

    func write(_ module: ModuleRow, to writer: inout JSONWriter) {
        writer.object { writeFields(of: module, to: &$0) }
    }

    private func writeFields(of module: ModuleRow, to writer: inout JSONWriter) {
        writer.field("name", module.name)
        writer.field("path", module.path)
        writer.address("base", module.base)
        writer.field("size", module.byteCount)
        writer.hex("timeDateStamp", module.timeDateStamp)
        writer.field("loaded", module.isLoaded)
        writer.time("unloadedAt", module.unloadedAt)
    }
}

/// A module, loaded or unloaded, as the reports list it.
enum ModuleRow {
    case loaded(Module)
    case unloaded(UnloadedModule)

    var name: String {
        switch self {
        case .loaded(let module): module.name
        case .unloaded(let module): module.name
        }
    }

    var base: VirtualAddress {
        switch self {
        case .loaded(let module): module.base
        case .unloaded(let module): module.base
        }
    }

    var byteCount: UInt64 {
        switch self {
        case .loaded(let module): module.byteCount
        case .unloaded(let module): module.end.distance(from: module.base) ?? 0
        }
    }

    var path: String? { if case .loaded(let module) = self { module.path } else { nil } }
    var timeDateStamp: UInt32? { if case .loaded(let module) = self { module.timeDateStamp } else { nil } }
    var unloadedAt: FileTime? { if case .unloaded(let module) = self { module.unloadedAt } else { nil } }
    var isLoaded: Bool { if case .loaded = self { true } else { false } }
}
