import BinaryReading

extension ProgramDatabase {
    // MARK: Types

    /// Number of type records; 0 where there are none.
    ///
    /// - Throws: ``ProgramDatabaseError`` where the type stream is damaged as a whole, as all questions about types do.
    public func typeRecordCount() throws(ProgramDatabaseError) -> Int { try types()?.count ?? 0 }

    /// What is wrong with the type records; nil where all is well.
    public func typeProblem() throws(ProgramDatabaseError) -> String? { try types()?.problem }

    /// Number of records in the item stream; 0 where there is none.
    public func itemRecordCount() throws(ProgramDatabaseError) -> Int {
        try readTypes(TypeTable.itemStreamNumber).get()?.count ?? 0
    }

    /// Structures, unions, classes and enumerations of exactly that name, each layout once, in the file's order.
    public func types(named name: String) throws(ProgramDatabaseError) -> [UserDefinedType] {
        guard let table = try types() else { return [] }
        return Self.distinct(table.definitions(named: name), in: table)
    }

    /// Types whose name fits a pattern, in the file's order.
    public func types(matching pattern: NamePattern) throws(ProgramDatabaseError) -> [UserDefinedType] {
        guard let table = try types() else { return [] }
        return Self.distinct(table.definitions(matching: pattern), in: table)
    }

    /// A type by the number of its record: the only way to one without a name. Nil where that is no user-defined type.
    public func type(_ index: TypeIndex) throws(ProgramDatabaseError) -> UserDefinedType? {
        try types()?.userDefinedType(index)
    }

    /// What a type is made of, one step deep.
    public func shape(of index: TypeIndex) throws(ProgramDatabaseError) -> TypeShape {
        try types()?.shape(of: index) ?? .unknown
    }

    /// Bytes of a value of a type; zero where that is not known.
    public func byteCount(of index: TypeIndex) throws(ProgramDatabaseError) -> UInt64 {
        try types()?.byteCount(of: index) ?? 0
    }

    /// Names of all named types, with their keyword, in the file's order.
    public func typeNames() throws(ProgramDatabaseError) -> [UserTypeName] {
        guard let table = try types() else { return [] }
        return table.definitions.compactMap { index in
            guard case .user(let name, _) = table.shape(of: index) else { return nil }
            return name
        }
    }

    /// Numbers of the definitions without a name of their own.
    public func unnamedTypes() throws(ProgramDatabaseError) -> [TypeIndex] { try types()?.unnamedDefinitions ?? [] }

    /// Most layouts that are told apart under one name.
    private static let maximumAlternativeCount = 64

    /// Two records may describe the same layout; two different layouts of one name are legal.
    ///
    /// In a sound file a list of members belongs to one type, so all members of all types are fewer than the bytes of the stream; damaged
    /// ones that share a list could answer without end.
    private static func distinct(_ indices: [TypeIndex], in table: TypeTable) -> [UserDefinedType] {
        var seen: [String: [Int]] = [:]
        var result: [UserDefinedType] = []
        var budget = table.bytes.count
        for index in indices {
            guard let type = table.userDefinedType(index, readsMembers: budget > 0) else { continue }
            budget -= type.memberCount
            let same = seen[type.name, default: []]
            if same.count >= maximumAlternativeCount || same.contains(where: { result[$0].hasSameLayout(as: type) }) {
                continue
            }
            seen[type.name] = same + [result.count]
            result.append(type)
        }
        return result
    }

    // MARK: Symbols

    /// Symbols of exactly that name, by address; each address once.
    public func symbols(named name: String) -> [DatabaseSymbol] { symbols.symbols(named: name) }

    /// Symbols whose name fits a pattern, by address, then by name.
    public func symbols(matching pattern: NamePattern) -> [DatabaseSymbol] { symbols.symbols(matching: pattern) }

    /// All symbols at the greatest address that is not above `rva`, in the order of the file.
    public func nearestSymbols(to rva: UInt32) -> [DatabaseSymbol] {
        let table = symbols
        return addresses.nearest(to: rva)?.references.compactMap { table.symbol($0) } ?? []
    }

    /// The next address above `rva` at which a symbol lies; nil where there is none.
    public func symbolAddress(after rva: UInt32) -> UInt32? { addresses.address(after: rva) }

    /// All symbols with an address, in order of address; of those that share one, in the order of the file.
    public var symbolsByAddress: [DatabaseSymbol] {
        let table = symbols
        return addresses.all.compactMap { table.symbol($0.reference) }
    }

    /// Number of symbols with an address.
    public var addressCount: Int { addresses.count }

    /// Records in the publics' and globals' tables; nil where there is no sound table.
    public var symbolCounts: (publics: Int?, globals: Int?) {
        let table = symbols
        return (table.publicCount, table.globalCount)
    }
}

extension UserDefinedType {
    /// Whether two types are the same but for the numbers of their records.
    func hasSameLayout(as other: UserDefinedType) -> Bool {
        switch (self, other) {
        case (.aggregate(let left), .aggregate(let right)):
            left.keyword == right.keyword && left.byteCount == right.byteCount && left.bases == right.bases
                && left.members.elementsEqual(right.members) {
                    $0.name == $1.name && $0.offset == $1.offset && $0.byteCount == $1.byteCount
                        && $0.typeText == $1.typeText && $0.bitField == $1.bitField
                }
        case (.enumeration(let left), .enumeration(let right)):
            left.baseText == right.baseText && left.members == right.members
        default: false
        }
    }
}
