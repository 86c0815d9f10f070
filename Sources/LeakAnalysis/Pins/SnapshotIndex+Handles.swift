import KernelObjects

extension SnapshotIndex {
    /// Visits all handles to objects of one kind, in the order of the tables; handles to unreadable objects may be of tokens.
    ///
    /// They are taken from the tables one by one: a copy of them would be as large as the tables.
    func forEachHandle(to kind: Handle.Kind, _ body: (ObjectHandle) -> Void) {
        if let evidence {
            switch kind {
            case .token, .unreadable: evidence.toTokens.forEach(body)
            case .process: evidence.toProcesses.forEach(body)
            case .thread: evidence.toThreads.forEach(body)
            }
            return
        }
        guard handlesWereRead else { return }
        for table in snapshot.handleTables {
            for handle in table.handles where handle.kind == kind || (kind == .token && handle.kind == .unreadable) {
                body(
                    ObjectHandle(
                        object: handle.object, process: table.process, value: table.value(of: handle),
                        access: handle.access, isKernelHandle: table.isKernelTable,
                        pointerReferences: Int64(handle.chargedReferences) + 1))
            }
        }
    }
}
