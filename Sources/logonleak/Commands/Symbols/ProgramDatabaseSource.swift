import BinaryReading
import LeakReports
import ProgramDatabases

/// A PDB that answers questions.
struct ProgramDatabaseSource: SymbolSource {
    private let database: ProgramDatabase
    let imageBase: UInt64?

    init(_ database: ProgramDatabase, imageBase: UInt64?) {
        self.database = database
        self.imageBase = imageBase
    }

    var title: String {
        let information = database.information
        return "\(database.path) (\(information.guid), age \(information.age))"
    }

    func warnings(ofTypes: Bool) -> [String] {
        var warnings = database.information.problems
        // A type stream that cannot be read at all has ended the command.
        if ofTypes, let problem = try? database.typeProblem() { warnings.append("the type stream: \(problem)") }
        if !ofTypes { warnings += database.symbolProblems }
        warnings = warnings.map { "\(database.path): \($0)" }
        if let machine = database.foreignMachine {
            warnings.append("\(database.path) is of a program for \(machine), not x64")
        }
        if database.information.isFastLink {
            warnings.append(
                "\(database.path) was linked with /DEBUG:FASTLINK: types and private symbols are in the object files")
        }
        return warnings
    }

    func types(_ query: String) throws(Failure) -> [DescribedType] {
        do throws(ProgramDatabaseError) {
            return try found(query).map { (type) throws(ProgramDatabaseError) in try describe(type) }
        } catch { throw Failure(error) }
    }

    private func found(_ query: String) throws(ProgramDatabaseError) -> [UserDefinedType] {
        if query.hasPrefix("0x"), let number = UInt64(hexText: query).flatMap({ UInt32(exactly: $0) }) {
            return try database.type(TypeIndex(number)).map { [$0] } ?? []
        }
        if query.isEmpty { return [] }
        return NamePattern.isPattern(query)
            ? try database.types(matching: NamePattern(query)) : try database.types(named: query)
    }

    private func describe(_ type: UserDefinedType) throws(ProgramDatabaseError) -> DescribedType {
        switch type {
        case .aggregate(let type):
            let bases = type.bases.map { base in
                base.offset.map { "\(base.typeText) at \($0.hexText)" } ?? "virtual \(base.typeText)"
            }
            var budget = InnerFields.maximumCount
            return DescribedType(
                name: type.name, keyword: type.keyword, byteCount: type.byteCount,
                content: .fields(try fields(of: type, nesting: 0, &budget), bases: bases), problem: type.problem)
        case .enumeration(let type):
            let values = type.members.map { DescribedType.Value(name: $0.name, bits: $0.bits) }
            return DescribedType(
                name: type.name, keyword: "enum", byteCount: UInt64(type.byteCount),
                content: .values(values, base: type.baseText, isSigned: type.isSigned), problem: type.problem)
        }
    }

    /// Damaged records can nest without end: `budget` is what is left of the inner fields.
    private func fields(of type: AggregateType, nesting: Int, _ budget: inout Int) throws(ProgramDatabaseError)
        -> [DescribedType.Field]
    {
        var fields: [DescribedType.Field] = []
        for member in type.members {
            var inner: [DescribedType.Field] = []
            if nesting < InnerFields.maximumNesting, let index = member.unnamedType,
                case .aggregate(let type) = try database.type(index), type.members.count <= budget
            {
                budget -= type.members.count
                inner = try self.fields(of: type, nesting: nesting + 1, &budget)
            }
            fields.append(
                DescribedType.Field(
                    name: member.name, offset: member.offset, byteCount: member.byteCount, type: member.typeText,
                    bits: member.bitField.map { ($0.position, $0.width) }, typeIndex: member.unnamedType?.rawValue,
                    inner: inner))
        }
        return fields
    }

    func symbols(named name: String) -> [SymbolAnswer.Match] { database.symbols(named: name).map(Self.match) }

    func symbols(matching pattern: NamePattern) -> [SymbolAnswer.Match] {
        database.symbols(matching: pattern).map(Self.match)
    }

    func nearestSymbols(to rva: UInt32) -> [SymbolAnswer.Match] {
        var names: Set<String> = []
        return database.nearestSymbols(to: rva).filter { names.insert($0.name).inserted }.map { symbol in
            SymbolAnswer.Match(name: symbol.name, rva: symbol.rva, displacement: symbol.rva.map { rva - $0 } ?? 0)
        }.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    private static func match(_ symbol: DatabaseSymbol) -> SymbolAnswer.Match {
        SymbolAnswer.Match(name: symbol.name, rva: symbol.rva)
    }
}
