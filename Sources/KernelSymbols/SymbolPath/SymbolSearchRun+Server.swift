import FileMapping

/// Asking a server: the name as the dump writes it with the key in upper case, packed, as a pointer; then all lower case; then the same in
/// two tiers where the server uses them (`users-and-practice.md` §2.5).
extension SymbolSearchRun {
    private enum Form {
        case file
        case packed
        case pointer
    }

    private struct Question {
        let form: Form
        let parts: [String]
    }

    /// The largest pointer or mark that is taken from a server.
    private static let smallLimit = 4096

    /// Asks a server for the file and keeps it in the nearest store.
    mutating func ask(_ url: SymbolServerURL, _ location: SymbolLocation) {
        guard let transfer = search.transfer, search.asksServer(location) else {
            return note(
                location, .notAsked,
                "is a server; it is asked by `logonleak symbols fetch`, or where --symbols itself names it")
        }
        guard let root = location.copies.first ?? search.order.defaultStore else {
            return note(location, .unusable, "there is no store to keep what the server sends")
        }
        for isTwoTier in [false, true] {
            if isTwoTier, !hasTwoTiers(url, root, transfer) { break }
            for question in questions(isTwoTier: isTwoTier) {
                guard isAbsent(question, of: url, root, location, transfer) else { return }
            }
        }
        note(location, .absent, "the server has no \(request.name)/\(request.key)")
    }

    private func questions(isTwoTier: Bool) -> [Question] {
        let written = folder(request.name, request.key, isTwoTier: isTwoTier)
        let lowered = folder(request.name.lowercased(), request.key.lowercased(), isTwoTier: isTwoTier)
        return [
            Question(form: .file, parts: written + [request.name]),
            Question(form: .packed, parts: written + [request.packedName]),
            Question(form: .pointer, parts: written + ["file.ptr"]),
            Question(form: .file, parts: lowered + [request.name.lowercased()]),
            Question(form: .packed, parts: lowered + [request.packedName.lowercased()]),
        ]
    }

    private func folder(_ name: String, _ key: String, isTwoTier: Bool) -> [String] {
        let tier = isTwoTier ? SymbolStoreFolder.firstTier(of: name) : nil
        return (tier.map { [$0] } ?? []) + [name, key]
    }

    private func hasTwoTiers(_ url: SymbolServerURL, _ root: String, _ transfer: any SymbolTransfer) -> Bool {
        guard SymbolStoreFolder.firstTier(of: request.name) != nil, let file = try? AtomicFile(in: root) else {
            return false
        }
        let address = url.address(of: [SymbolStoreFolder.twoTierMark])
        do throws(SymbolTransferError) { try transfer.bring(address, into: file, limit: Self.smallLimit) } catch {
            // A mark of any size is a mark.
            if case .tooLarge = error { return true }
            return false
        }
        return true
    }

    /// Asks one question; false ends the asking of this server.
    private mutating func isAbsent(
        _ question: Question, of url: SymbolServerURL, _ root: String, _ location: SymbolLocation,
        _ transfer: any SymbolTransfer
    ) -> Bool {
        let shown = ([url.description] + question.parts).joined(separator: "/")
        let file: AtomicFile
        do { file = try AtomicFile(in: root) } catch {
            note(location, .unusable, "there is no place for what the server sends: \(error)")
            return false
        }
        do throws(SymbolTransferError) {
            let limit = question.form == .pointer ? Self.smallLimit : nil
            try transfer.bring(url.address(of: question.parts), into: file, limit: limit)
        } catch .notThere {
            return true
        } catch {
            note(location, .failed, error.text, path: shown)
            return false
        }
        switch question.form {
        case .file:
            if let objection = store(file, in: root, location, source: shown) { refuse(objection, shown, location) }
        case .packed: unpack(file, in: root, shown, location)
        case .pointer:
            notePointer(file, shown, location)
            return true
        }
        return false
    }

    private mutating func unpack(_ packed: AtomicFile, in root: String, _ shown: String, _ location: SymbolLocation) {
        do throws(FileError) {
            try packed.finishWriting()
            let file = try AtomicFile(in: root)
            let objection = store(packed: packed.temporaryPath, through: file, in: root, location, source: shown)
            if let objection { refuse(objection, shown, location) }
        } catch { note(location, .failed, "what came cannot be written: \(error)", path: shown) }
    }

    private mutating func refuse(_ objection: String, _ shown: String, _ location: SymbolLocation) {
        note(location, .refused, "what came is not stored: it \(objection)", path: shown)
    }

    /// A pointer of a server names a share of its own network; it is told, and never followed.
    private mutating func notePointer(_ file: AtomicFile, _ shown: String, _ location: SymbolLocation) {
        guard (try? file.finishWriting()) != nil, let text = try? MappedFile(path: file.temporaryPath),
            let bytes = try? text.copyBytes(at: 0, count: min(text.byteCount, Self.smallLimit))
        else { return }
        switch SymbolStoreFolder.entry(ofPointer: bytes, from: shown) {
        case .pointer(_, let target):
            note(location, .absent, "a pointer to \(target), which is not followed", path: shown)
        case .message(let text): note(location, .absent, "the server says: \(text)", path: shown)
        case .file, .packed, nil: break
        }
    }
}
