import BinaryReading
import FileMapping

/// One search under way.
struct SymbolSearchRun {
    let search: SymbolSearch
    let request: SymbolFileRequest
    /// What the asker has against a file that has the right identity.
    let objection: (FoundSymbolFile) -> String?
    var result = SymbolSearch.Result()

    /// Looks in one place.
    mutating func search(_ location: SymbolLocation) {
        switch location.kind {
        case .unusable(let reason): note(location, .unusable, reason)
        case .server(let url): ask(url, location)
        case .store(let root): searchStore(root, location)
        case .folder(let path): searchFolder(path, location)
        }
    }

    mutating func note(
        _ location: SymbolLocation, _ outcome: SymbolSearchStep.Outcome, _ reason: String, path: String? = nil
    ) {
        result.steps.append(SymbolSearchStep(location: location, outcome: outcome, path: path, reason: reason))
    }

    private mutating func searchStore(_ root: String, _ location: SymbolLocation) {
        guard isFolder(root, location) else { return }
        let entries = SymbolStoreFolder(root).entries(for: request)
        for entry in entries where result.file == nil { take(entry, location) }
        if entries.isEmpty { note(location, .absent, "has no \(request.name)/\(request.key)") }
    }

    private mutating func searchFolder(_ path: String, _ location: SymbolLocation) {
        guard isFolder(path, location) else { return }
        var hasCandidate = false
        for entry in PlainSymbolFolder(path: path).entries(for: request) where result.file == nil {
            switch entry {
            case .file(let file): accept(file, location)
            case .stored(let entry): take(entry, location)
            case .symbolFile(let file):
                let found = FoundSymbolFile(path: file, form: .volatilitySymbolFile, location: location)
                conclude(with: found, source: file, "is named after the GUID and age")
            case .looseFile(let file):
                guard SymbolFileCheck.objection(to: file, request.identity) == nil else { continue }
                accept(file, location)
            }
            hasCandidate = true
        }
        if !hasCandidate { note(location, .absent, "has no \(request.name) of this GUID and age") }
    }

    private mutating func isFolder(_ path: String, _ location: SymbolLocation) -> Bool {
        switch PathKind(of: path) {
        case .folder:
            guard Folder.names(in: path) == nil else { return true }
            note(location, .unusable, "cannot be read: this user has no permission")
        case .absent: note(location, .absent, "no such folder")
        case .file, .other: note(location, .unusable, "is no folder")
        }
        return false
    }

    private mutating func take(_ entry: SymbolStoreFolder.Entry, _ location: SymbolLocation) {
        switch entry {
        case .file(let path): accept(path, location)
        case .packed(let path): unpack(path, location)
        case .message(let text): note(location, .absent, "the store says: \(text)")
        case .pointer(let path, let target): follow(target, from: path, location)
        }
    }

    /// Pointers name paths of Windows; where such a path cannot lead anywhere, it is told.
    private mutating func follow(_ target: String, from path: String, _ location: SymbolLocation) {
        guard case .folder(let file) = PlaceText(environment: { _ in nil }).store(target), PathKind(of: file) == .file
        else { return note(location, .absent, "a pointer to \(target), which cannot be followed here", path: path) }
        if file.last == "_" { unpack(file, location) } else { accept(file, location) }
    }

    /// Takes a file, if it is what was asked for, and keeps copies where the path says so.
    private mutating func accept(_ path: String, _ location: SymbolLocation) {
        if let objection = SymbolFileCheck.objection(to: path, request.identity) {
            return note(location, .refused, objection, path: path)
        }
        let copy = keepCopies(of: path, location)
        let found = FoundSymbolFile(path: copy ?? path, form: .programDatabase, location: location)
        conclude(with: found, source: path, "has the GUID and age")
    }

    /// Takes a file of the right identity, unless the asker objects.
    private mutating func conclude(with found: FoundSymbolFile, source: String, _ reason: String) {
        if let objection = objection(found) { return note(found.location, .refused, objection, path: source) }
        result.file = found
        note(found.location, .accepted, reason, path: source)
    }

    /// Copies a file into the stores on the way to the user; the last of them is the nearest.
    mutating func keepCopies(of path: String, _ location: SymbolLocation) -> String? {
        guard !search.changesNothing else { return nil }
        var nearest: String?
        for root in location.copies {
            let target = SymbolStoreFolder(root).path(for: request)
            do throws(FileError) {
                let file = try AtomicFile(in: root)
                try Self.copy(path, into: file)
                try file.commit(as: target)
                nearest = target
            } catch { note(location, .notCopied, "no copy is kept: \(error)", path: target) }
        }
        return nearest
    }

    private static func copy(_ path: String, into file: AtomicFile) throws(FileError) {
        let source = try MappedFile(path: path)
        let pieceByteCount = 1 << 20
        for offset in stride(from: 0, to: source.byteCount, by: pieceByteCount) {
            let count = min(pieceByteCount, source.byteCount - offset)
            guard let piece = try? source.copyBytes(at: offset, count: count) else { return }
            try file.write(piece[...])
            source.releasePages()
        }
    }

    private mutating func unpack(_ path: String, _ location: SymbolLocation) {
        guard !search.changesNothing else {
            return note(location, .notAsked, "is packed; it is unpacked and looked at when it is needed", path: path)
        }
        guard let root = location.copies.first ?? search.order.defaultStore else {
            return note(location, .unusable, "is packed, and there is no store to unpack it into", path: path)
        }
        do throws(FileError) {
            let file = try AtomicFile(in: root)
            guard let reason = store(packed: path, through: file, in: root, location, source: path) else { return }
            note(location, .refused, reason, path: path)
        } catch { note(location, .unusable, "cannot be unpacked: \(error)", path: path) }
    }

    /// Unpacks a file into a store, if what comes out is what was asked for; else tells why not.
    mutating func store(
        packed path: String, through file: AtomicFile, in root: String, _ location: SymbolLocation, source: String
    ) -> String? {
        do { try PackedSymbolFile.unpack(path, into: file, limit: SymbolSearch.largestFile) } catch {
            return error.text
        }
        return store(file, in: root, location, source: source)
    }

    /// Gives a written file its place in a store, if it is what was asked for; else tells why not.
    mutating func store(_ file: AtomicFile, in root: String, _ location: SymbolLocation, source: String) -> String? {
        let target = SymbolStoreFolder(root).path(for: request)
        do throws(FileError) {
            try file.finishWriting()
            if let objection = SymbolFileCheck.objection(to: file.temporaryPath, request.identity) { return objection }
            try file.commit(as: target)
        } catch { return "cannot be stored: \(error)" }
        let others = location.copies.filter { $0 != root }
        let rest = SymbolLocation(
            origin: location.origin, element: location.element, kind: location.kind, copies: others)
        let nearest = keepCopies(of: target, rest)
        let found = FoundSymbolFile(path: nearest ?? target, form: .programDatabase, location: location)
        conclude(with: found, source: source, "has the GUID and age")
        return nil
    }
}
