package import BinaryReading

/// Writes a profile as a Volatility symbol file (ISF 6.2): for tests that drive volatility3 with our facts, and for people who have
/// no other symbols.
///
/// Structures that volatility3 demands and the profile lacks are made up (`demandedStructures`).
///
/// Every fact survives the way back through ``KernelProfile/init(symbolFile:path:build:)``, but for what the format cannot say:
/// that only some members of a structure are known, and what a member is that the source does not describe. Where an extent ends
/// and no symbol begins, a symbol `logonleak_end_HHHHHHHH` is written so that the extent stays what it is.
package struct VolatilitySymbolFile {
    private let profile: KernelProfile
    private var text = ""

    private init(_ profile: KernelProfile) { self.profile = profile }

    /// The JSON text of a profile. `identity` stands in for one that the profile does not have.
    package static func text(of profile: KernelProfile, identity: PDBIdentity? = nil) -> String {
        var file = VolatilitySymbolFile(profile)
        file.write(identity: identity ?? profile.identity)
        return file.text
    }

    /// Where volatility3 looks for it under a symbols folder: `windows/ntkrnlmp.pdb/<GUID>-<age>.json`.
    package static func relativePath(for identity: PDBIdentity) -> String {
        "windows/\(identity.name)/\(identity.guid.symbolServerText)-\(identity.age).json"
    }

    private mutating func write(identity: PDBIdentity?) {
        text =
            "{\n\"metadata\": {\"format\": \"6.2.0\", \"producer\": {\"name\": \"logonleak\", \"version\": \"1.0.0\"}"
        if let identity { writeWindows(identity) }
        text += "},\n\"base_types\": {\n"
        text += Self.baseTypes.map { name, kind, size, isSigned in
            "\"\(name)\": {\"kind\": \"\(kind)\", \"size\": \(size), \"signed\": \(isSigned), \"endian\": \"little\"}"
        }.joined(separator: ",\n")
        text += "\n},\n\"user_types\": {\n"
        let structures = profile.structureNames.compactMap { profile.structure(named: $0) }
        let absent = Self.demandedStructures.filter { profile.structure(named: $0.name) == nil }
        text += (structures + absent).map(Self.entry).joined(separator: ",\n")
        text += "\n},\n\"enums\": {\n"
        text += profile.enumerationNames.compactMap { profile.enumeration(named: $0).map(Self.entry) }
            .joined(separator: ",\n")
        text += "\n},\n\"symbols\": {\n"
        text += symbolEntries().joined(separator: ",\n")
        text += "\n}\n}\n"
    }

    private mutating func writeWindows(_ identity: PDBIdentity) {
        text += ", \"windows\": {\"pdb\": {\"GUID\": \"\(identity.guid.symbolServerText)\", \"age\": \(identity.age), "
        text += "\"database\": \(Self.quoted(identity.name)), \"machine_type\": 34404}"
        let parts = profile.version.split(separator: ".").map { Int($0) }
        if parts.count == 4, let major = parts[0], let minor = parts[1], let build = parts[2] {
            text += ", \"pe\": {\"major\": \(major), \"minor\": \(minor), \"revision\": \(build)"
            if let revision = parts[3] { text += ", \"build\": \(revision)" }
            text += "}"
        }
        text += "}"
    }

    /// The names under which volatility3's plugins ask for numbers.
    private static let baseTypes: [(name: String, kind: String, size: Int, isSigned: Bool)] = [
        ("void", "void", 0, false), ("pointer", "int", 8, false), ("char", "char", 1, true),
        ("unsigned char", "char", 1, false), ("short", "int", 2, true), ("unsigned short", "int", 2, false),
        ("int", "int", 4, true), ("unsigned int", "int", 4, false), ("long", "int", 4, true),
        ("unsigned long", "int", 4, false), ("long long", "int", 8, true), ("unsigned long long", "int", 8, false),
        ("float", "float", 4, true), ("double", "float", 8, true), ("wchar", "int", 2, true),
        ("bool", "bool", 1, false),
    ]

    private func symbolEntries() -> [String] {
        let functions = profile.functions
        let data = profile.symbolNames.compactMap { name in profile.symbol(named: name).map { (name, $0) } }
        var entries = functions.map { "\(Self.quoted($0.name)): {\"address\": \($0.rva)}" }
        // A type tells data from functions, which the format has no other word for.
        let typed = ", \"type\": {\"kind\": \"base\", \"name\": \"void\"}}"
        entries += data.map { "\(Self.quoted($0)): {\"address\": \($1.rva)" + typed }
        var ends = Set(functions.map { $0.rva &+ $0.extent })
        ends.formUnion(data.compactMap { symbol in symbol.1.extent.map { symbol.1.rva &+ $0 } })
        ends.subtract(functions.map(\.rva))
        ends.subtract(data.map(\.1.rva))
        entries += ends.sorted().map { "\"logonleak_end_\($0.paddedHexDigits(8))\": {\"address\": \($0)" + typed }
        return entries
    }

    static func quoted(_ name: String) -> String {
        var quoted = "\""
        for scalar in name.unicodeScalars {
            switch scalar {
            case "\"", "\\": quoted += "\\" + String(scalar)
            case _ where scalar.value < 0x20: quoted += "\\u" + scalar.value.paddedHexDigits(4)
            default: quoted.unicodeScalars.append(scalar)
            }
        }
        return quoted + "\""
    }
}
