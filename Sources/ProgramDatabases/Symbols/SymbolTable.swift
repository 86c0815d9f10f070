import BinaryReading
import FileMapping

/// Where a symbol record stands.
struct SymbolReference: Hashable, Sendable {
    /// 0 for the symbol record stream, else one more than the place of a module's stream.
    let source: UInt32
    /// Position of the record's length.
    let offset: UInt32
}

/// All symbols with an address: publics, globals, and what the modules keep for themselves.
struct SymbolTable: Sendable {
    /// The symbol record stream, then the streams of the modules.
    private var sources: [StreamBytes]
    private let publics: SymbolHashTable?
    private let globals: SymbolHashTable?
    /// Whether every hash table that the debug stream names can be used.
    private let isSound: Bool
    /// Records that no hash table finds: those of modules, and all where a hash table is damaged.
    private var scanned: [SymbolReference] = []
    private var scannedNames = NameIndex()
    private let image: ImageLayout
    /// What could not be read.
    private(set) var problems: [String] = []

    /// Reads the hash tables; walks records only where there is no sound table, and in the streams of modules.
    init(_ debug: DebugInformation?, debugBytes: StreamBytes?, image: ImageLayout, _ container: StreamContainer) {
        self.image = image
        var problems: [String] = []
        func stream(_ number: Int?, _ part: String) -> StreamBytes? {
            guard let number else { return nil }
            do throws(ProgramDatabaseError) {
                if let bytes = try container.stream(number, part) { return bytes }
                problems.append("\(part): there is no stream \(number)")
            } catch { problems.append("\(part): \(error.found)") }
            return nil
        }
        let records = stream(debug?.symbolRecordStream, "the symbol records")
        sources = [records ?? StreamBytes([])]
        var isSound = true
        func table(_ number: Int?, _ part: String, at start: Int) -> SymbolHashTable? {
            guard number != nil, let records, records.count > 0 else { return nil }
            guard let bytes = stream(number, part) else {
                isSound = false
                return nil
            }
            do throws(SymbolHashTable.Damage) {
                return try SymbolHashTable(bytes, at: start, recordStreamByteCount: records.count)
            } catch {
                problems.append("\(part): \(error.words); the symbol records were searched one by one")
                isSound = false
                return nil
            }
        }
        // The publics' own header has 28 bytes.
        let publics = table(debug?.publicsStream, "the public symbols", at: 28)
        let globals = table(debug?.globalsStream, "the global symbols", at: 0)
        self.publics = isSound ? publics : nil
        self.globals = isSound ? globals : nil
        self.problems = problems
        self.isSound = isSound
        if !isSound { scan(source: 0, 0..<sources[0].count, "the symbol records") }
        if let debug, let debugBytes { scanModules(debug, debugBytes, container) }
        scannedNames.finish()
    }

    /// Streams share no blocks in a sound file, so all modules together are smaller than the file; damaged ones could be read without end.
    private mutating func scanModules(_ debug: DebugInformation, _ bytes: StreamBytes, _ container: StreamContainer) {
        var budget = container.file.byteCount
        for module in ModuleRecord.all(in: bytes, range: debug.modules) {
            guard let number = module.stream else { continue }
            guard budget > 0 else {
                problems.append("the modules name more symbols than the file can hold; the rest was left out")
                return
            }
            let part = "the symbols of module \(module.name)"
            do throws(ProgramDatabaseError) {
                guard let stream = try container.stream(number, part) else { continue }
                budget -= stream.count
                sources.append(stream)
                let end = Swift.min(module.symbolByteCount, stream.count)
                if end > 4 { scan(source: sources.count - 1, 4..<end, part) }
            } catch { problems.append("\(part): \(error.found)") }
        }
    }

    private mutating func scan(source: Int, _ range: Range<Int>, _ part: String) {
        var found: [SymbolReference] = []
        var names = scannedNames
        let first = scanned.count
        let breakOff = sources[source].withBytes { bytes in
            SymbolRecord.walk(bytes, range) { position in
                guard let record = SymbolRecord(bytes, at: position) else { return }
                names.add(
                    bytes.extracting(record.name(in: bytes)), place: UInt32(truncatingIfNeeded: first + found.count))
                found.append(
                    SymbolReference(
                        source: UInt32(truncatingIfNeeded: source), offset: UInt32(truncatingIfNeeded: position)))
            }
        }
        scannedNames = names
        scanned += found
        if let breakOff { problems.append("\(part): the record at byte \(breakOff) has no usable length") }
    }

    /// Every record once; those of the symbol record stream in the file's order.
    ///
    /// Records that overlap are damage; the later ones are left out, so that names never take more room than the stream.
    var references: [SymbolReference] {
        let offsets = ((publics?.offsets ?? []) + (globals?.offsets ?? [])).sorted()
        var references: [SymbolReference] = []
        references.reserveCapacity(offsets.count + scanned.count)
        sources[0].withBytes { bytes in
            var end = 0
            for offset in offsets where Int(offset) >= end {
                references.append(SymbolReference(source: 0, offset: offset))
                end = Int(offset) + 2 + Int(bytes.loadIfPresent(UInt16.self, at: Int(offset)) ?? 0)
            }
        }
        return references + scanned
    }

    /// Number of records that the publics' table names; nil where a table is damaged.
    var publicCount: Int? { isSound ? publics?.offsets.count ?? 0 : nil }
    /// Number of records that the globals' table names; nil where a table is damaged.
    var globalCount: Int? { isSound ? globals?.offsets.count ?? 0 : nil }

    /// All symbols of exactly that name.
    func symbols(named name: String) -> [DatabaseSymbol] {
        var name = name
        let found = name.withUTF8 { text in
            let text = unsafe text.span.bytes
            var references = scannedNames.places(of: text).map { scanned[Int($0)] }
            for table in [publics, globals] {
                guard let table else { continue }
                references += table.candidates(for: text).map { SymbolReference(source: 0, offset: $0) }
            }
            return references.compactMap { symbol($0) { $0.equals($1, text) } }
        }
        return DatabaseSymbol.distinct(found)
    }

    /// All symbols whose name fits a pattern.
    func symbols(matching pattern: NamePattern) -> [DatabaseSymbol] {
        DatabaseSymbol.distinct(references.compactMap { symbol($0) { pattern.matches($0, in: $1) } })
    }

    /// The symbol of a record; nil where the record is none or its name is not wanted.
    func symbol(_ reference: SymbolReference, where isWanted: (RawSpan, Range<Int>) -> Bool = { _, _ in true })
        -> DatabaseSymbol?
    {
        sources[Int(reference.source)].withBytes { bytes in
            guard let record = SymbolRecord(bytes, at: Int(reference.offset)) else { return nil }
            let name = record.name(in: bytes)
            guard isWanted(bytes, name) else { return nil }
            let kind: DatabaseSymbol.Kind =
                switch record.kind {
                case .public: .public
                case .data: .data
                case .threadData: .threadData
                case .function: .function
                }
            return DatabaseSymbol(
                name: bytes.text(name), rva: image.rva(section: record.section, offset: record.offset),
                kind: kind, isCode: record.isCode || image.isCode(section: record.section), byteCount: record.byteCount)
        }
    }

    /// The addresses of all records, in the order of ``references``; nil for those without.
    func addresses(of references: [SymbolReference]) -> [UInt32?] {
        guard image.hasSections else { return references.map { _ in nil } }
        return references.map { reference in
            sources[Int(reference.source)].withBytes { bytes in
                SymbolRecord(bytes, at: Int(reference.offset)).flatMap {
                    image.rva(section: $0.section, offset: $0.offset)
                }
            }
        }
    }
}
