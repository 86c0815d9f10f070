import BinaryReading

/// A symbol file as a profile.
final class SymbolFileProfile: ProfileStorage {
    private let contents: SymbolFileContents

    init(_ contents: SymbolFileContents) { self.contents = contents }

    var invalidPTEMask: KernelProfile.InvalidPTEMaskLocation? { findInvalidPTEMask() }
    var structureNames: [String] { Self.sorted(contents.userTypes.keys) }
    var enumerationNames: [String] { Self.sorted(contents.enumerations.keys) }
    var symbolNames: [String] { contents.symbols.names }
    var functions: [KernelProfile.Function] { contents.symbols.functions }

    private static func sorted(_ names: some Sequence<String>) -> [String] {
        names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    func structure(named name: String) -> StructureLayout? { contents.structure(named: name) }
    func enumeration(named name: String) -> EnumerationLayout? { contents.enumerations[name] }
    func symbol(named name: String) -> KernelProfile.Symbol? { contents.symbols.symbol(named: name) }
    func function(containing rva: UInt32) -> KernelProfile.Function? { contents.symbols.function(containing: rva) }
    func function(named name: String) -> KernelProfile.Function? { contents.symbols.function(named: name) }
}

extension KernelProfile {
    /// The profile that a Volatility symbol file (ISF) holds.
    ///
    /// A symbol reaches to the next one of any name. The file does not say which symbols are functions: every symbol is taken
    /// for one unless the file gives it another type, and of names that share a start the first of the file is returned.
    ///
    /// - Parameters:
    ///   - text: The JSON text, unpacked.
    ///   - path: Where it came from, for ``source`` and for errors.
    ///   - build: The build number of the dump's kernel, for a file that does not tell its own.
    /// - Throws: ``SymbolFileError/malformed(path:reason:position:)`` where it is no symbol file,
    ///   ``SymbolFileError/wrongSystem(path:found:)`` where it is another system's.
    public init(symbolFile text: [UInt8], path: String, build: Int? = nil) throws(SymbolFileError) {
        let contents: SymbolFileContents
        do { contents = try SymbolFileContents(text) } catch {
            throw .malformed(path: path, reason: error.reason, position: error.position)
        }
        if let other = contents.systems.sorted().first, !contents.systems.contains("windows") {
            throw .wrongSystem(path: path, found: "it says \(other)")
        }
        if let size = contents.baseSizes["pointer"], size != 8 {
            throw .wrongSystem(path: path, found: "its pointers have \(size) bytes")
        }
        self.init(
            identity: contents.identity, version: contents.version ?? "?", build: contents.build ?? build ?? 0,
            source: .symbolFile(path: path), storage: SymbolFileProfile(contents))
    }

    /// The profile that a symbol file holds, `.json` or packed as `.json.xz`.
    ///
    /// - Parameters:
    ///   - path: The file.
    ///   - build: The build number of the dump's kernel, for a file that does not tell its own.
    /// - Throws: ``SymbolFileError`` where the file cannot be read or unpacked, or is no symbol file of a Windows kernel.
    public init(symbolFileAt path: String, build: Int? = nil) throws(SymbolFileError) {
        try self.init(symbolFile: try SymbolFileText.read(path: path), path: path, build: build)
    }
}
