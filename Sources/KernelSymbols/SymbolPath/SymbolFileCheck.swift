import BinaryReading
import FileMapping

/// Whether a file is the one that is wanted: a search refuses any other GUID or age (`users-and-practice.md` §2.4).
enum SymbolFileCheck {
    /// What is wrong with the file; nil where it is what was asked for.
    static func objection(to path: String, _ wanted: PDBIdentity) -> String? {
        let file: MappedFile
        do { file = try MappedFile(path: path) } catch { return "cannot be read: \(error)" }
        let found: (guid: GUID, age: UInt32)
        do { found = try identity(of: file) } catch { return error.text }
        guard found.guid == wanted.guid else { return "is of another build: GUID \(found.guid), not \(wanted.guid)" }
        guard found.age == wanted.age else { return "has age \(found.age), not \(wanted.age)" }
        return nil
    }

    struct NoSymbolFile: Error {
        let text: String
    }
}
