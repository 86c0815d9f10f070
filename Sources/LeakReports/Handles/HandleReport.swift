import BinaryReading
import KernelObjects
public import LeakAnalysis

/// Every handle to a token, a process or a thread, with what it is; of all others how many there are by type.
public struct HandleReport: Sendable {
    /// What a handle can be of, in this report.
    public enum Subject: String, Hashable, Sendable, CaseIterable {
        /// A token.
        case token
        /// A process.
        case process
        /// A thread.
        case thread
    }

    /// Name and version of the JSON form.
    public static let schema = "logonleak/handles/1"

    private let analysis: Analysis
    private let tables: [(table: HandleTable, owner: Int?)]
    private let subject: Subject?

    /// A report of the handles of an analysis.
    ///
    /// - Parameters:
    ///   - analysis: What to report.
    ///   - processID: Reports this process alone; nil for all, and the kernel's own table.
    ///   - subject: Reports only handles of this type; nil for all.
    public init(of analysis: Analysis, processID: UInt64? = nil, subject: Subject? = nil) {
        self.analysis = analysis
        self.subject = subject
        tables = analysis.snapshot.handleTables
            .filter { processID == nil || $0.processID == processID }
            .sorted { left, right in
                if left.processID != right.processID { return left.processID < right.processID }
                return left.isKernelTable != right.isKernelTable ? right.isKernelTable : left.address < right.address
            }
            .map { ($0, analysis.processPosition(at: $0.process)) }
    }

    /// Whether there is no handle table to report.
    public var isEmpty: Bool { tables.isEmpty }

    /// The handles for people, then the counts by process and type.
    public func render(style: TextStyle, to sink: @escaping ReportSink) {
        guard !isEmpty else { return sink(Array("No handle table was read in this dump.\n".utf8)) }
        let list = HandleList(rowsByTable: { body in forEachRow(body) }, style: style)
        list.write(to: sink)
        var layout = TextLayout(style)
        layout.heading("Handles by type")
        layout.table(counts, indent: 0)
        sink(Array(("\n" + layout.text).utf8))
    }

    /// The handles as CSV (RFC 4180), addresses and LUIDs as in the JSON.
    public func writeCSV(to sink: @escaping ReportSink) {
        let titles = [
            "pid", "image", "kernelHandle", "handle", "type", "access", "attributes", "object", "user", "luid",
            "sessionState", "targetPid", "targetTid", "targetImage", "exited",
        ]
        var buffer = Array(Table.csvLine(titles).utf8)
        forEachRow { row in
            let process = row.process
            let cells: [String?] = [
                String(row.table.processID), row.image, String(row.table.isKernelTable), row.value.hexText,
                row.handle.kind.word, row.handle.access.hexText, row.handle.attributes.hexText,
                row.handle.object.description, row.userName, row.token?.authenticationID.description,
                row.sessionState?.rawValue, process.map { String($0.processID) },
                row.thread.map { String($0.threadID) },
                process?.imageName, row.hasExited.map { String($0) },
            ]
            buffer += Table.csvLine(cells.map { $0 ?? "" }).utf8
            if buffer.count >= 1 << 16 {
                sink(buffer)
                buffer.removeAll(keepingCapacity: true)
            }
        }
        sink(buffer)
    }

    /// The handles and the counts as JSON.
    public func writeJSON(tool: ToolIdentity, to sink: @escaping ReportSink) {
        var writer = JSONWriter(expandedLevels: 2, sink: sink)
        writer.object { writer in
            writer.head(schema: Self.schema, tool)
            writer.object("dump") { DumpSlice(analysis.snapshot).writeFields(to: &$0) }
            writer.key("handles")
            writer.array(tables.indices.lazy.flatMap { rows(of: $0) }) { Self.write($1, to: &$0) }
            writer.array("tables", tables) { writer, entry in
                writer.object { writer in
                    writer.field("pid", entry.table.processID)
                    writer.field("image", entry.owner.map { analysis.snapshot.processes[$0].imageName })
                    writer.strings("services", entry.owner.map { analysis.snapshot.processes[$0].services } ?? [])
                    writer.field("kernelTable", entry.table.isKernelTable)
                    writer.field("handles", entry.table.handleCount)
                    writer.object("byType") { writer in
                        for (type, count) in entry.table.counts.sorted(by: { $0.key < $1.key }) {
                            writer.key(type)
                            writer.number(count)
                        }
                    }
                }
            }
        }
        writer.finish()
    }

    private static func write(_ row: HandleRow, to writer: inout JSONWriter) {
        let process = row.process
        writer.object { writer in
            writer.field("pid", row.table.processID)
            writer.field("image", row.image)
            writer.field("kernelHandle", row.table.isKernelTable)
            writer.hex("handle", row.value)
            writer.field("type", row.handle.kind.word)
            writer.hex("access", row.handle.access)
            writer.hex("attributes", row.handle.attributes)
            writer.address("object", row.handle.object)
            writer.field("user", row.userName)
            writer.luid("luid", row.token?.authenticationID)
            writer.field("sessionState", row.sessionState?.rawValue)
            writer.field("targetPid", process?.processID)
            writer.field("targetTid", row.thread?.threadID)
            writer.field("targetImage", process?.imageName)
            writer.field("exited", row.hasExited)
        }
    }

    // MARK: Rows

    private func rows(of table: Int) -> [HandleRow] {
        let (table, owner) = tables[table]
        let wanted = subject.map(\.kind)
        let handles = wanted.map { kind in table.handles.filter { $0.kind == kind } } ?? table.handles
        return handles.sorted { $0.number < $1.number }.map { HandleRow($0, of: table, owner: owner, analysis) }
    }

    private func forEachRow(_ body: (HandleRow) -> Void) {
        for table in tables.indices { for row in rows(of: table) { body(row) } }
    }

    /// Counts of a table's handles; what is listed above has columns of its own.
    private var counts: Table {
        var table = Table(columns: [
            .init(title: "pid", isRightAligned: true), .init(title: "image", isFlexible: true),
            .init(title: "table"), .init(title: "handles", isRightAligned: true),
            .init(title: "tokens", isRightAligned: true), .init(title: "processes", isRightAligned: true),
            .init(title: "threads", isRightAligned: true), .init(title: "others", isFlexible: true),
        ])
        for (entry, owner) in tables {
            let listed = ["Token", "Process", "Thread"]
            let others = entry.counts.filter { !listed.contains($0.key) }
                .sorted { $0.value != $1.value ? $0.value > $1.value : $0.key < $1.key }
                .map { "\($0.key) \($0.value.groupedText)" }
            table.rows.append(
                [
                    String(entry.processID), owner.map { analysis.snapshot.processes[$0].imageName },
                    entry.isKernelTable ? "kernel" : "user", entry.handleCount.groupedText,
                ] + listed.map { (entry.counts[$0] ?? 0).groupedText } + [others.joined(separator: ", ")])
        }
        return table
    }
}

extension HandleReport.Subject {
    fileprivate var kind: Handle.Kind {
        switch self {
        case .token: .token
        case .process: .process
        case .thread: .thread
        }
    }
}
