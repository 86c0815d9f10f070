import BinaryReading
public import FileMapping
import Synchronization

/// A PDB (MSF 7.00): types, symbols and the sections of the image that it belongs to.
///
/// Opening reads the directory, the identifier and the header of the debug stream; types and symbols are read when first asked for,
/// once. It may be shared between threads.
public final class ProgramDatabase: Sendable {
    /// The path as it was given; empty for bytes in memory.
    public let path: String
    /// What the file is.
    public let information: Information
    let container: StreamContainer
    let debug: DebugInformation?
    let debugBytes: StreamBytes?
    private let image = Mutex<ImageLayout?>(nil)
    private let typeTable = Mutex<Result<TypeTable?, ProgramDatabaseError>?>(nil)
    private let symbolTable = Mutex<SymbolTable?>(nil)
    private let addressIndex = Mutex<AddressIndex?>(nil)

    /// Opens a file.
    ///
    /// - Throws: ``ProgramDatabaseError`` where it cannot be mapped, is something else, or has no readable identifier.
    public convenience init(path: String) throws(ProgramDatabaseError) {
        let file: MappedFile
        do { file = try MappedFile(path: path) } catch {
            throw ProgramDatabaseError(path: path, part: "the file", .file(error))
        }
        try self.init(file)
    }

    /// Opens a PDB in a file's bytes.
    ///
    /// - Throws: ``ProgramDatabaseError`` where it is something else or has no readable identifier.
    public init(_ file: MappedFile) throws(ProgramDatabaseError) {
        path = file.path
        container = try StreamContainer(file)
        guard let first = try container.stream(InformationStream.number, "the identifier") else {
            throw ProgramDatabaseError(
                path: file.path, part: "the identifier", stream: InformationStream.number,
                .damaged("there is no such stream"))
        }
        let identifier = try InformationStream(first, path: file.path)
        var problem: String?
        do throws(ProgramDatabaseError) {
            debugBytes = try container.stream(DebugInformation.number, "the debug stream")
        } catch {
            debugBytes = nil
            problem = "the debug stream: \(error.found)"
        }
        debug = debugBytes.flatMap { DebugInformation($0) }
        information = Information(identifier, debug, container, problem: problem)
    }

    // MARK: Parts, read when first asked for

    var imageLayout: ImageLayout {
        image.withLock { kept in
            if let kept { return kept }
            let made = ImageLayout(debug, container)
            kept = made
            return made
        }
    }

    /// The type records; nil where the PDB has none.
    func types() throws(ProgramDatabaseError) -> TypeTable? {
        let result = typeTable.withLock { kept in
            if let kept { return kept }
            let made = readTypes(TypeTable.streamNumber)
            kept = made
            return made
        }
        return try result.get()
    }

    func readTypes(_ number: Int) -> Result<TypeTable?, ProgramDatabaseError> {
        do throws(ProgramDatabaseError) {
            guard let stream = try container.stream(number, "the type stream"), stream.count > 0 else {
                return .success(nil)
            }
            return .success(try TypeTable(stream, number: number, path: path))
        } catch { return .failure(error) }
    }

    var symbols: SymbolTable {
        symbolTable.withLock { kept in
            if let kept { return kept }
            let made = SymbolTable(debug, debugBytes: debugBytes, image: imageLayout, container)
            kept = made
            return made
        }
    }

    var addresses: AddressIndex {
        addressIndex.withLock { kept in
            if let kept { return kept }
            let made = AddressIndex(symbols)
            kept = made
            return made
        }
    }
}
