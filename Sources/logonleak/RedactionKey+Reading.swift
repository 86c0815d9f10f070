import FileMapping
import KernelProfiles
import LeakReports

/// Reads a key that was kept; an empty one where there is no such file.
func readRedactionKey(at path: String) throws(Failure) -> RedactionKey {
    let file: MappedFile
    do throws(FileError) { file = try MappedFile(path: path) } catch {
        if case .notFound = error.reason { return RedactionKey() }
        throw Failure(error)
    }
    let bytes = (try? file.copyBytes(at: 0, count: file.byteCount)) ?? []
    do throws(JSONError) { return try RedactionKey(jsonText: bytes) } catch {
        throw Failure(
            status: .inputRefused, summary: "\(path) is not a redaction key: \(error)",
            advice: ["Name another file; it is written where it is not there."])
    }
}

extension RedactionKey {
    init(jsonText bytes: [UInt8]) throws(JSONError) {
        var reader = JSONReader(bytes)
        var schema: String?
        var entries: [Entry] = []
        try reader.readObject { (reader, key) throws(JSONError) in
            switch key {
            case "schema": schema = try reader.readString()
            case "entries":
                try reader.readArray { (reader) throws(JSONError) in entries.append(try Entry(reading: &reader)) }
            default: try reader.skipValue()
            }
        }
        guard schema == Self.schema else { throw JSONError("it does not say \(Self.schema)", at: 0) }
        self.init(entries)
    }
}

extension RedactionKey.Entry {
    fileprivate init(reading reader: inout JSONReader) throws(JSONError) {
        var kind: RedactionKey.Kind?
        var name: String?
        var pseudonym: String?
        try reader.readObject { (reader, key) throws(JSONError) in
            switch key {
            case "kind": kind = RedactionKey.Kind(rawValue: try reader.readString())
            case "name": name = try reader.readString()
            case "pseudonym": pseudonym = try reader.readString()
            default: try reader.skipValue()
            }
        }
        guard let kind, let name, let pseudonym else {
            throw JSONError("an entry lacks kind, name or pseudonym", at: 0)
        }
        self.init(kind: kind, name: name, pseudonym: pseudonym)
    }
}
