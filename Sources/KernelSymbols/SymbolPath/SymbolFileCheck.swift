import BinaryReading
import ProgramDatabases

/// Whether a file is the one that is wanted: a search refuses any other GUID or age (`users-and-practice.md` §2.4).
enum SymbolFileCheck {
    /// What is wrong with the file; nil where it is what was asked for.
    static func objection(to path: String, _ wanted: PDBIdentity) -> String? {
        do throws(ProgramDatabaseError) {
            let database = try ProgramDatabase(path: path)
            guard !database.isCut else { return "is a PDB that is cut short" }
            let found = database.information
            guard found.guid == wanted.guid else {
                return "is of another build: GUID \(found.guid), not \(wanted.guid)"
            }
            return found.age == wanted.age ? nil : "has age \(found.age), not \(wanted.age)"
        } catch {
            switch error.reason {
            case .file(let error): return "cannot be read: \(error)"
            case .foreign(.unknown): return "is no PDB"
            case .foreign(let format): return "is no PDB but \(format.rawValue)"
            case .damaged: return "is a damaged PDB: \(error.part) cannot be read (\(error.found))"
            }
        }
    }
}
