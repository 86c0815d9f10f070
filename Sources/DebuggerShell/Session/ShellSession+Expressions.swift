import AddressTranslation
import BinaryReading
import KernelSymbols
import MemoryImages

extension ShellSession: ExpressionContext {
    func registerValue(_ name: String) -> UInt64? {
        if name.hasPrefix("$") { return pseudoRegister(name.dropFirst()) }
        return processorRegister(name)
    }

    func symbolValue(_ name: String) -> UInt64? { symbols.address(of: name)?.rawValue }

    func loadValue(byteCount: Int, at address: UInt64, isPhysical: Bool) -> UInt64? {
        if isPhysical { return loadPhysical(byteCount: byteCount, at: PhysicalAddress(address)) }
        let address = VirtualAddress(address)
        return switch byteCount {
        case 1: (try? memory.load(UInt8.self, at: address)).map(UInt64.init)
        case 2: (try? memory.load(UInt16.self, at: address)).map(UInt64.init)
        case 4: (try? memory.load(UInt32.self, at: address)).map(UInt64.init)
        default: try? memory.load(UInt64.self, at: address)
        }
    }

    private func loadPhysical(byteCount: Int, at address: PhysicalAddress) -> UInt64? {
        let physical = kernel.addressSpace.physicalMemory
        guard let page = physical.fileOffset(of: address.page) else { return nil }
        var value: UInt64 = 0
        for index in 0..<byteCount {
            let offset = address.pageOffset + index
            guard offset < pageByteCount,
                let byte = physical.loadIfPresent(UInt8.self, atFileOffset: page + offset)
            else { return nil }
            value |= UInt64(byte) << UInt64(8 * index)
        }
        return value
    }

    private func pseudoRegister(_ name: Substring) -> UInt64? {
        if name.hasPrefix("t"), let index = Int(name.dropFirst()), userRegisters.indices.contains(index) {
            return userRegisters[index]
        }
        let header = kernel.dump.header
        switch name {
        case "proc": return currentProcess?.rawValue
        case "thread": return currentThread?.rawValue
        case "ip": return header.context?.rip
        case "csp": return header.context?.rsp
        case "peb": return currentProcess.flatMap { pointer(in: "_EPROCESS", ["Peb"], at: $0) }
        case "tpid": return currentProcess.flatMap { pointer(in: "_EPROCESS", ["UniqueProcessId"], at: $0) }
        case "teb": return currentThread.flatMap { pointer(in: "_KTHREAD", ["Teb"], at: $0) }
        case "tid": return currentThread.flatMap { pointer(in: "_ETHREAD", ["Cid", "UniqueThread"], at: $0) }
        case "exp": return lastValue
        case "p": return lastDisplayedValue
        case "ptrsize": return 8
        case "pagesize": return 0x1000
        case "bug_code": return header.bugCheck.map { UInt64($0.code) }
        case "bug_param1", "bug_param2", "bug_param3", "bug_param4":
            guard let digit = name.last?.wholeNumberValue, let parameters = header.bugCheck?.parameters,
                parameters.indices.contains(digit - 1)
            else { return nil }
            return parameters[digit - 1]
        default: return nil
        }
    }

    /// A pointer-sized field of a structure; nil where the profile has none or it cannot be read.
    private func pointer(in structure: String, _ path: [String], at address: VirtualAddress) -> UInt64? {
        guard let layout = types.structure(structure),
            let field = FieldPath(path.joined(separator: "."), in: layout, types)
        else { return nil }
        return loadValue(byteCount: 8, at: (address + field.offset).rawValue, isPhysical: false)
    }

    private func processorRegister(_ name: String) -> UInt64? {
        guard let context = kernel.dump.header.context else { return nil }
        if name == "rip" { return context.rip }
        if name == "efl" || name == "eflags" { return UInt64(context.eflags) }
        if let index = ProcessorContext.segmentNames.firstIndex(of: name), index < context.segmentSelectors.count {
            return UInt64(context.segmentSelectors[index])
        }
        let names = ProcessorContext.generalRegisterNames
        if let index = names.firstIndex(of: name), index < context.generalRegisters.count {
            return context.generalRegisters[index]
        }
        // The lower halves: eax of rax, r8d of r8.
        let whole = name.hasPrefix("e") ? "r" + name.dropFirst() : String(name.dropLast())
        guard name.hasPrefix("e") || name.hasSuffix("d"), let index = names.firstIndex(of: whole),
            index < context.generalRegisters.count
        else { return nil }
        return context.generalRegisters[index] & 0xFFFF_FFFF
    }

    /// Evaluates a text that must be an expression and nothing more, and remembers the value.
    func evaluate(_ text: some StringProtocol) throws(CommandError) -> UInt64 {
        let value = try Expression.evaluate(text, in: self)
        lastValue = value
        return value
    }
}
