import KernelObjects

extension HandleEvidence {
    /// The handles of a snapshot; nil where its reader did not look at handle tables.
    init?(_ snapshot: Snapshot) {
        guard snapshot.coverage.handleTablePages != nil else { return nil }
        self.init()
        for table in snapshot.handleTables {
            for handle in table.handles {
                let entry = ObjectHandle(
                    object: handle.object, process: table.process, value: table.value(of: handle),
                    access: handle.access,
                    isKernelHandle: table.isKernelTable, pointerReferences: Int64(handle.chargedReferences) + 1)
                switch handle.kind {
                case .token, .unreadable: toTokens.append(entry)
                case .process: toProcesses.append(entry)
                case .thread: toThreads.append(entry)
                }
            }
        }
    }
}
