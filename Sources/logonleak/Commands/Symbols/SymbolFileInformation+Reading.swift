import BinaryReading
import KernelProfiles
import LeakReports
import ProgramDatabases

extension SymbolFileInformation {
    /// What a PDB is.
    init(of database: ProgramDatabase) {
        self.init()
        let information = database.information
        path = database.path
        kind = "pdb"
        identity = database.identity(name: database.name)
        builtInVersion = identity.flatMap { BuiltInProfiles.profile(matching: $0)?.version }
        ages = (information.fileAge, information.debugAge)
        container = (information.blockByteCount, information.streamCount)
        if let code = information.machine { machine = (code, database.foreignMachine ?? "x64") }
        if information.debugAge != nil, database.symbolCounts.publics == 0 { notes.append("It has no public symbols.") }
        if !information.hasItems {
            notes.append("It has no item stream, which names functions and source files by number.")
        }
        if information.isStripped { flags.append("stripped") }
        if information.isIncrementallyLinked { flags.append("incremental") }
        if information.isFastLink { flags.append("fastlink") }
        if database.isRearranged { flags.append("rearranged") }
        problems = information.problems
        count(database)
        sections = database.sections.map { ($0.name, $0.rva, $0.byteCount) }
        addNotes(database)
    }

    private mutating func count(_ database: ProgramDatabase) {
        var types: Int?
        var named: Int?
        do throws(ProgramDatabaseError) {
            types = try database.typeRecordCount()
            named = try database.typeNames().count
            if let problem = try database.typeProblem() { problems.append("the type stream: \(problem)") }
        } catch { problems.append("\(error.part): \(error.found)") }
        var items: Int?
        do throws(ProgramDatabaseError) { items = try database.itemRecordCount() } catch {
            problems.append("the item stream: \(error.found)")
        }
        let symbols = database.symbolCounts
        let modules = database.moduleCounts
        counts = [
            ("types", "Type records", types), ("namedTypes", "Named types", named), ("items", "Item records", items),
            ("publics", "Public symbols", symbols.publics), ("globals", "Global symbols", symbols.globals),
            ("addresses", "Symbols with address", database.addressCount), ("modules", "Modules", modules.all),
            ("modulesWithSymbols", "Modules with symbols", modules.withSymbols),
            ("sections", "Sections", database.sections.count),
        ]
        problems += database.symbolProblems
    }

    private mutating func addNotes(_ database: ProgramDatabase) {
        let information = database.information
        if let machine = database.foreignMachine { notes.append("It is of a program for \(machine), not x64.") }
        if information.debugAge == nil {
            notes.append("It has no debug stream: types only, no symbols and no sections.")
        }
        if let age = information.debugAge, age != 0, age != information.fileAge {
            notes.append("Tools changed the file after linking; images and stores know it by the linker's age, \(age).")
        }
        if information.isFastLink {
            notes.append("It was linked with /DEBUG:FASTLINK: types and private symbols stayed in the object files.")
        }
        if counts.first?.count == 0 { notes.append("It describes no types.") }
        if information.debugAge != nil, !database.hasAddresses {
            notes.append("It lists no sections: no symbol has an address.")
        }
        if information.debugAge != nil, database.symbolCounts.publics == 0 { notes.append("It has no public symbols.") }
        if !information.hasItems {
            notes.append("It has no item stream, which names functions and source files by number.")
        }
        if information.isStripped {
            notes.append("Private symbols were stripped: functions and variables have names, but no sizes.")
        }
    }

    /// What a Volatility symbol file is.
    init(of profile: KernelProfile, path: String) {
        self.init()
        self.path = path
        kind = "isf"
        identity = profile.identity
        builtInVersion = identity.flatMap { BuiltInProfiles.profile(matching: $0)?.version }
        version = profile.version == "?" ? nil : profile.version
        counts = [
            ("structures", "Structures", profile.structureNames.count),
            ("enumerations", "Enumerations", profile.enumerationNames.count),
            ("addresses", "Symbols", profile.functions.count + dataCount(of: profile)),
        ]
    }

    /// Symbols that are no functions.
    private func dataCount(of profile: KernelProfile) -> Int {
        let functions = Set(profile.functions.map(\.name))
        return profile.symbolNames.count { !functions.contains($0) }
    }
}
