import FileMapping

/// Unpacks what stores keep packed (`ntkrnlmp.pd_`): cabinets, and the ZIP files of newer stores. A program of the user's does it.
enum PackedSymbolFile {
    /// Why a file could not be unpacked.
    struct UnpackingError: Error {
        let text: String
    }

    private enum Packing {
        case cabinet
        case zip
    }

    /// Unpacks a file into one that is not finished yet.
    static func unpack(_ path: String, into file: AtomicFile, limit: Int) throws(UnpackingError) {
        guard let packing = packing(of: path) else {
            throw UnpackingError(text: "it is neither a cabinet nor a ZIP file")
        }
        guard let (program, arguments) = unpacker(of: packing, path: whole(path)) else {
            throw UnpackingError(
                text: packing == .cabinet
                    ? "it is packed, and none of cabextract, bsdtar and 7z was found to unpack it"
                    : "it is packed, and none of bsdtar, unzip and 7z was found to unpack it")
        }
        var failure: FileError?
        let ending: ExternalProgram.Ending
        do {
            ending = try program.run(arguments) { piece in
                guard piece.count <= limit - file.byteCount else { return false }
                do throws(FileError) { try file.write(piece) } catch {
                    failure = error
                    return false
                }
                return true
            }
        } catch { throw UnpackingError(text: "\(program.path) cannot be run: \(error.text)") }
        if let failure { throw UnpackingError(text: "it cannot be unpacked: \(failure)") }
        switch ending {
        case .stopped: throw UnpackingError(text: "it unpacks to more than \(limit) bytes")
        case .ended(status: 0): return
        case .ended(let status):
            throw UnpackingError(text: "it is damaged: \(program.name) could not unpack it (status \(status))")
        }
    }

    private static func packing(of path: String) -> Packing? {
        guard let file = try? MappedFile(path: path) else { return nil }
        switch file.loadIfPresent(UInt32.self, at: 0) {
        case 0x4643_534D: return .cabinet
        case 0x0403_4B50: return .zip
        default: return nil
        }
    }

    /// A path that no program takes for an option.
    private static func whole(_ path: String) -> String { path.hasPrefix("-") ? "./" + path : path }

    private static func unpacker(of packing: Packing, path: String) -> (ExternalProgram, [String])? {
        switch packing {
        case .cabinet:
            if let program = ExternalProgram(named: "cabextract") { return (program, ["-q", "-p", path]) }
        case .zip:
            if let program = ExternalProgram(named: "unzip") { return (program, ["-p", "-qq", path]) }
        }
        #if os(Windows) || canImport(Darwin)
            let archiver = ExternalProgram(named: "bsdtar", "tar")
        #else
            // Here `tar` is another program, which reads neither.
            let archiver = ExternalProgram(named: "bsdtar")
        #endif
        if let archiver { return (archiver, ["-x", "-O", "-f", path]) }
        return ExternalProgram(named: "7z", "7zz", "7za").map { ($0, ["e", "-so", "-bd", "--", path]) }
    }
}
