import BinaryReading
import KernelProfiles

extension MachineLayout {
    /// Writes processes and threads with their lists.
    mutating func writeProcesses() throws(ForgeError) {
        let head = try requiredSymbol("PsActiveProcessHead")
        let link = UInt64(try shapes.process.offset("ActiveProcessLinks"))
        let count = addresses.processes.count
        memory.store(addresses.processes[0] + link, at: head)
        memory.store(addresses.processes[count - 1] + link, at: head + 8)
        for _ in model.processes {
            addresses.handleTables.append(takePaged(shapes.handleTable.byteCount, PoolTag.handleTable))
        }
        for number in model.processes.indices {
            let process = model.processes[number]
            var image = shapes.process.blank()
            let forward = number + 1 < count ? addresses.processes[number + 1] + link : head
            image.setLinks(
                "ActiveProcessLinks", forward: process.hasWildLink ? 0xFFFF_8000_0000_1230 : forward,
                backward: number > 0 ? addresses.processes[number - 1] + link : head)
            if process.hasWildLink {
                addresses.losses.append(
                    .init(
                        what: "forward link of a process", address: addresses.processes[number] + link,
                        why: "wild pointer; backward links and PspCidTable are intact"))
            }
            fill(&image, number, process)
            memory.store(image.bytes, at: addresses.processes[number])
            let references = counts.processes[number]
            writeHeader(
                of: addresses.processes[number], type: "Process", pointerCount: references.references,
                handleCount: references.handles, infoMask: ObjectInfo.quota)
            writeThreads(of: number)
        }
        setSymbol("PsInitialSystemProcess", addresses.processes[0])
    }

    private mutating func fill(_ image: inout StructureImage, _ number: Int, _ process: ModelProcess) {
        let address = addresses.processes[number]
        image.set("Pcb.Header.Type", 3)
        image.set("UniqueProcessId", UInt64(process.id))
        image.set("CreateTime", process.created)
        image.set("ExitTime", process.exited ?? 0)
        image.set("Token", addresses.tokens[process.token] | process.tokenCredit)
        image.set("InheritedFromUniqueProcessId", UInt64(process.parent))
        image.set("ObjectTable", process.exited == nil ? addresses.handleTables[number] : 0)
        image.setBytes("ImageFileName", Array(process.imageFileName.utf8))
        image.set("ActiveThreads", UInt64(process.threads.count { !model.threads[$0].isExited }))
        image.set("Flags", process.exited == nil ? 0x0001_4D00 : 0x0001_4D0C)
        image.set("ExitStatus", process.exited == nil ? 0x103 : 0)
        let path = process.folder.map { #"\Device\HarddiskVolume2"# + $0 + #"\"# + process.image }
        let text = utf16Bytes(path ?? "")
        let name = takePaged(16 + text.count + 2, PoolTag.processImageName)
        if !text.isEmpty {
            memory.store(UInt64(text.count) | UInt64(text.count + 2) << 16, at: name)
            memory.store(name + 16, at: name + 8)
            memory.store(text, at: name + 16)
        }
        image.set("SeAuditProcessCreationInfo.ImageFileName", name)
        if let terminal = process.terminal, addresses.terminalBlocks[terminal] != 0 {
            let block = addresses.terminalBlocks[terminal]
            image.set("Session", block)
            let members = model.processes.indices.filter { model.processes[$0].terminal == terminal }
            let head = block + UInt64(shapes.sessionSpace.place("ProcessList")?.offset ?? 0x10)
            let position = members.firstIndex(of: number) ?? 0
            image.setLinks(
                "SessionProcessLinks",
                forward: position + 1 < members.count
                    ? addresses.processes[members[position + 1]] + sessionLinksOffset : head,
                backward: position > 0 ? addresses.processes[members[position - 1]] + sessionLinksOffset : head)
        }
        let root = placeDescriptors(of: number)
        image.set("VadRoot.Root", root)
        image.set("VadRoot.BalancedRoot.RightChild", root)
        linkThreads(of: process, in: &image, address: address)
    }

    private func linkThreads(of process: ModelProcess, in image: inout StructureImage, address: UInt64) {
        for (head, link) in [("ThreadListHead", "ThreadListEntry"), ("Pcb.ThreadListHead", "Tcb.ThreadListEntry")] {
            guard let headPlace = shapes.process.place(head), let linkPlace = shapes.thread.place(link) else {
                continue
            }
            let own = address + UInt64(headPlace.offset)
            let first = process.threads.first.map { addresses.threads[$0] + UInt64(linkPlace.offset) } ?? own
            let last = process.threads.last.map { addresses.threads[$0] + UInt64(linkPlace.offset) } ?? own
            image.setLinks(head, forward: first, backward: last)
        }
    }

    private mutating func writeThreads(of number: Int) {
        let process = model.processes[number]
        let address = addresses.processes[number]
        for (position, thread) in process.threads.enumerated() {
            var image = shapes.thread.blank()
            fill(&image, model.threads[thread], process: process, address: address)
            for (head, link) in [("ThreadListHead", "ThreadListEntry"), ("Pcb.ThreadListHead", "Tcb.ThreadListEntry")] {
                guard let headPlace = shapes.process.place(head), let place = shapes.thread.place(link) else {
                    continue
                }
                let own = address + UInt64(headPlace.offset)
                let next = position + 1 < process.threads.count ? process.threads[position + 1] : nil
                let previous = position > 0 ? process.threads[position - 1] : nil
                image.setLinks(
                    link, forward: next.map { addresses.threads[$0] + UInt64(place.offset) } ?? own,
                    backward: previous.map { addresses.threads[$0] + UInt64(place.offset) } ?? own)
            }
            memory.store(image.bytes, at: addresses.threads[thread])
            let count = counts.threads[thread]
            writeHeader(
                of: addresses.threads[thread], type: "Thread", pointerCount: count.references,
                handleCount: count.handles, infoMask: ObjectInfo.quota)
        }
    }

    private func fill(_ image: inout StructureImage, _ thread: ModelThread, process: ModelProcess, address: UInt64) {
        image.set("Tcb.Header.Type", 6)
        image.set("Tcb.Process", address)
        image.set("Tcb.ApcState.Process", address)
        image.set("Tcb.State", thread.isExited ? 4 : 5)
        image.set("Tcb.WaitReason", 6)
        image.set("Tcb.Header.SignalState", thread.isExited ? 1 : 0)
        image.set("CreateTime", thread.created)
        image.set("ExitTime", thread.isExited ? thread.created + 10_000_000 : 0)
        image.set("Cid.UniqueProcess", UInt64(process.id))
        image.set("Cid.UniqueThread", UInt64(thread.id))
        let start = profile.function(named: "PspSystemThreadStartup").map { plan.kernelBase + UInt64($0.rva) } ?? 0
        image.set("StartAddress", process.id == 4 ? start : 0x7FF8_1BF1_2340)
        image.set("Win32StartAddress", process.id == 4 ? start : 0x7FF6_CD65_1000)
        var flags: UInt64 = thread.isExited ? 1 : 2
        if let token = thread.impersonation {
            flags |= 8
            let level = UInt64(model.tokens[token].level)
            image.set("ClientSecurity.ImpersonationData", addresses.tokens[token] | level)
        }
        image.set("CrossThreadFlags", flags)
    }
}
