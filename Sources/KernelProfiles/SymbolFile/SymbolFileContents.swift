import BinaryReading

/// A Volatility symbol file (ISF), read once from front to back: symbols are kept, of types only where they stand.
struct SymbolFileContents: Sendable {
    /// Most names that are taken of each kind; a kernel has about 40,000 symbols and 3,000 types.
    static let maximumCount = 1_000_000

    /// A structure, union or class: what is known of it without its members.
    struct UserType: Sendable {
        var kind = StructureLayout.Kind.structure
        var byteCount = 0
        /// Where the object of its members begins; nil where it has none.
        var fieldsPosition: Int?
    }

    let text: [UInt8]
    private(set) var userTypes: [String: UserType] = [:]
    private(set) var enumerations: [String: EnumerationLayout] = [:]
    private(set) var baseTypes: [String: FieldType] = [:]
    private(set) var baseSizes: [String: Int] = [:]
    private(set) var symbols = SymbolFileSymbols()
    private(set) var identity: PDBIdentity?
    private(set) var version: String?
    private(set) var build: Int?
    /// What the file says it describes: `windows`, `linux`, `mac`.
    private(set) var systems: Set<String> = []

    /// Reads the unpacked text.
    init(_ text: [UInt8]) throws(JSONError) {
        self.text = text
        var reader = JSONReader(text)
        var sections: Set<String> = []
        try reader.readObject { (reader, key) throws(JSONError) in
            sections.insert(key)
            switch key {
            case "metadata": try readMetadata(&reader)
            case "base_types": try readBaseTypes(&reader)
            case "user_types": try readUserTypes(&reader)
            case "enums": try readEnumerations(&reader)
            case "symbols": try readSymbols(&reader)
            default: try reader.skipValue()
            }
        }
        for section in ["base_types", "user_types", "symbols"] where !sections.contains(section) {
            throw JSONError("there is no \"\(section)\"", at: 0)
        }
        symbols.finish()
    }

    private mutating func readMetadata(_ reader: inout JSONReader) throws(JSONError) {
        try reader.readObject { (reader, key) throws(JSONError) in
            if ["windows", "linux", "mac"].contains(key) { systems.insert(key) }
            guard key == "windows" else { return try reader.skipValue() }
            try reader.readObject { (reader, key) throws(JSONError) in
                switch key {
                case "pdb": try readIdentity(&reader)
                case "pe": try readVersion(&reader)
                default: try reader.skipValue()
                }
            }
        }
    }

    private mutating func readIdentity(_ reader: inout JSONReader) throws(JSONError) {
        var guid: GUID?
        var age: UInt32?
        var name = ""
        try reader.readObject { (reader, key) throws(JSONError) in
            switch key {
            case "GUID": guid = GUID(symbolServerText: try reader.readString())
            case "age": age = UInt32(exactly: try reader.readInteger())
            case "database": name = try reader.readString()
            default: try reader.skipValue()
            }
        }
        if let guid, let age { identity = PDBIdentity(name: name, guid: guid, age: age) }
    }

    /// The four parts of a file version are called major, minor, revision and build there.
    private mutating func readVersion(_ reader: inout JSONReader) throws(JSONError) {
        var parts: [String: Int64] = [:]
        try reader.readObject { (reader, key) throws(JSONError) in parts[key] = try reader.readInteger() }
        guard let major = parts["major"], let minor = parts["minor"], let revision = parts["revision"] else { return }
        version = "\(major).\(minor).\(revision)." + (parts["build"].map { "\($0)" } ?? "?")
        build = Int(exactly: revision)
    }

    private mutating func readBaseTypes(_ reader: inout JSONReader) throws(JSONError) {
        try reader.readObject { (reader, name) throws(JSONError) in
            guard baseTypes.count < Self.maximumCount else { throw JSONError("too many base types", at: 0) }
            var kind = ""
            var size = 0
            var isSigned = false
            try reader.readObject { (reader, key) throws(JSONError) in
                switch key {
                case "kind": kind = try reader.readString()
                case "size": size = try reader.readCount()
                case "signed": isSigned = try reader.readBool()
                default: try reader.skipValue()
                }
            }
            baseSizes[name] = size
            switch kind {
            case "void": baseTypes[name] = .void
            case "float": baseTypes[name] = .float(byteCount: size)
            case "bool": baseTypes[name] = .integer(byteCount: size, isSigned: false)
            default:
                let isWide = size == 2 && name.hasPrefix("wchar")
                baseTypes[name] = isWide ? .wideCharacter : .integer(byteCount: size, isSigned: isSigned)
            }
        }
    }

    private mutating func readUserTypes(_ reader: inout JSONReader) throws(JSONError) {
        try reader.readObject { (reader, name) throws(JSONError) in
            guard userTypes.count < Self.maximumCount else { throw JSONError("too many types", at: 0) }
            var type = UserType()
            try reader.readObject { (reader, key) throws(JSONError) in
                switch key {
                case "kind":
                    guard let kind = StructureLayout.Kind(rawValue: try reader.readString()) else {
                        throw JSONError("unknown kind of type \(name)", at: reader.position)
                    }
                    type.kind = kind
                case "size": type.byteCount = try reader.readCount()
                case "fields":
                    type.fieldsPosition = reader.position
                    try reader.skipValue()
                default: try reader.skipValue()
                }
            }
            userTypes[name] = type
        }
    }

    private mutating func readEnumerations(_ reader: inout JSONReader) throws(JSONError) {
        try reader.readObject { (reader, name) throws(JSONError) in
            guard enumerations.count < Self.maximumCount else { throw JSONError("too many enumerations", at: 0) }
            var size = 0
            var members: [EnumerationLayout.Member] = []
            try reader.readObject { (reader, key) throws(JSONError) in
                switch key {
                case "size": size = try reader.readCount()
                case "constants":
                    try reader.readObject { (reader, name) throws(JSONError) in
                        members.append(EnumerationLayout.Member(name: name, value: try reader.readInteger()))
                    }
                default: try reader.skipValue()
                }
            }
            enumerations[name] = EnumerationLayout(name: name, byteCount: size, members: members)
        }
    }

    private mutating func readSymbols(_ reader: inout JSONReader) throws(JSONError) {
        try reader.readObject { (reader, name) throws(JSONError) in
            guard symbols.count < Self.maximumCount else { throw JSONError("too many symbols", at: 0) }
            var rva: UInt32?
            var isFunction = true
            try reader.readObject { (reader, key) throws(JSONError) in
                switch key {
                case "address": rva = UInt32(exactly: try reader.readInteger())
                case "type": isFunction = try reader.readKind() == "function"
                default: try reader.skipValue()
                }
            }
            if let rva { symbols.add(name, rva: rva, isFunction: isFunction) }
        }
    }
}

extension JSONReader {
    /// A size or a count: not negative, and small enough for a structure of a kernel.
    mutating func readCount() throws(JSONError) -> Int {
        let value = try readInteger()
        guard value >= 0, value <= Int64(Int32.max) else { throw JSONError("\(value) is no size", at: position) }
        return Int(value)
    }

    /// The word behind `kind` of a type; the rest is passed over.
    fileprivate mutating func readKind() throws(JSONError) -> String {
        var kind = ""
        try readObject { (reader, key) throws(JSONError) in
            if key == "kind" { kind = try reader.readString() } else { try reader.skipValue() }
        }
        return kind
    }
}
