import AddressTranslation
import BinaryReading
import KernelSymbols

/// Reads the handle tables of all processes and the kernel's own.
struct HandleTables {
    /// What was found.
    struct Outcome {
        var tables: [HandleTable] = []
        var pages = Coverage.HandleTablePages(read: 0, missing: 0)
        /// What was read behind the handles to tokens.
        var tokens: [TokenReading.Batch] = []
    }

    private let context: ReadingContext
    private let types: ObjectTypes
    private let pages: HandlePageReading
    private let objectHeader: ObjectHeaderLayout
    private let tokenLayouts: TokenReading.Layouts
    private let walk: HandleTableWalk

    /// Pages of entries that one worker takes at a time.
    private static let pagesPerPart = 64

    init(_ context: ReadingContext, types: ObjectTypes, tokens: TokenReading.Layouts) throws(LayoutError) {
        self.context = context
        self.types = types
        tokenLayouts = tokens
        pages = try HandlePageReading(context.profile)
        objectHeader = try ObjectHeaderLayout(context.profile)
        walk = try HandleTableWalk(context)
    }

    /// Reads the tables of these processes; the order is theirs.
    func read(of processes: [Process]) -> Outcome {
        var outcome = Outcome()
        let kernelTable = context.address(of: "ObpKernelHandleTable").flatMap {
            try? context.memory.loadAddress(at: $0)
        }
        var parts: [HandlePageReading.Part] = []
        for process in processes {
            guard let address = process.handleTable else { continue }
            let owner = "process \(process.processID) \(process.imageName)"
            let found = walk.pages(of: address, owner: owner)
            outcome.pages.missing += found.missingPages
            let index = outcome.tables.count
            for start in stride(from: 0, to: found.pages.count, by: Self.pagesPerPart) {
                let pages = Array(found.pages[start..<min(start + Self.pagesPerPart, found.pages.count)])
                parts.append(HandlePageReading.Part(table: index, owner: owner, pages: pages))
            }
            outcome.tables.append(
                HandleTable(
                    address: address, process: process.address, processID: process.processID,
                    isKernelTable: kernelTable.map { $0 == address } ?? (process.processID == 4)))
        }
        let reading = pages
        merge(readConcurrently(parts, in: context, makeReader: \.self) { reading.read($1, $0) }, into: &outcome)
        return outcome
    }

    private static func headers(of contents: [HandlePageReading.Contents]) -> [VirtualAddress] {
        var headers: [VirtualAddress] = []
        headers.reserveCapacity(contents.reduce(0) { $0 + $1.headers.count })
        for content in contents { headers += content.headers }
        return headers
    }

    private func merge(_ contents: [HandlePageReading.Contents], into outcome: inout Outcome) {
        let objects = HandleObjects(
            headersAt: Self.headers(of: contents), types: types, layout: objectHeader, tokens: tokenLayouts, in: context
        )
        outcome.tokens = objects.tokens
        let (types, bodyOffset) = (types, objectHeader.bodyOffset)
        let parts = readConcurrently(contents, in: context, makeReader: { _ in () }) { _, content in
            HandlePart(content, objects, types, bodyOffset: bodyOffset)
        }
        var counts = Array(repeating: [Int](repeating: 0, count: 256), count: outcome.tables.count)
        var unreadable = Array(repeating: 0, count: outcome.tables.count)
        var handleCounts = unreadable
        for (content, part) in zip(contents, parts) { handleCounts[content.table] += part.handles.count }
        for (content, part) in zip(contents, parts) {
            outcome.pages.read += content.pagesRead
            outcome.pages.missing += content.missingPages
            unreadable[content.table] += part.unreadable
            for type in part.counts.indices { counts[content.table][type] += part.counts[type] }
            outcome.tables[content.table].handles.reserveCapacity(handleCounts[content.table])
            outcome.tables[content.table].handles += part.handles
        }
        for table in outcome.tables.indices {
            for (type, count) in counts[table].enumerated() where count > 0 {
                outcome.tables[table].counts[types.name(of: UInt8(type)), default: 0] += count
            }
            if unreadable[table] > 0 { outcome.tables[table].counts[ObjectTypes.unreadableName] = unreadable[table] }
        }
    }
}

/// Some handles of one table with what they are of.
private struct HandlePart: Sendable {
    var handles: [Handle] = []
    /// Handles by type index.
    var counts = [Int](repeating: 0, count: 256)
    /// Handles to objects whose headers cannot be read.
    var unreadable = 0

    init(_ content: HandlePageReading.Contents, _ objects: HandleObjects, _ types: ObjectTypes, bodyOffset: Int) {
        for (number, entry) in zip(content.numbers, content.entries) {
            let index = objects.index(ofHeaderAt: entry.objectHeader)
            if let index { counts[Int(index)] += 1 } else { unreadable += 1 }
            guard let kind = types.kind(ofIndex: index) else { continue }
            handles.append(
                Handle(
                    object: entry.objectHeader + bodyOffset, number: number, access: entry.access,
                    chargedReferences: entry.chargedReferences, attributes: entry.attributes, kind: kind))
        }
    }
}
