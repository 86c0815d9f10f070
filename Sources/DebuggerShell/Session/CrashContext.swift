import AddressTranslation
import BinaryReading
import KernelProfiles
import KernelSymbols
import MemoryImages

/// What the processor that wrote the dump was doing: its thread and process, by way of its control block.
struct CrashContext {
    /// `_KPRCB.CurrentThread`; nil where it cannot be read.
    let thread: VirtualAddress?
    /// The process of that thread; nil where it cannot be read.
    let process: VirtualAddress?

    /// Reads the context of the first processor: dumps do not say which one wrote them.
    init(_ kernel: Kernel) {
        let memory = VirtualMemory(kernel.addressSpace)
        let profile = kernel.profile
        thread = kernel.address(of: "KiProcessorBlock").flatMap { block -> VirtualAddress? in
            guard let field = profile.structure(named: "_KPRCB")?["CurrentThread"],
                let processor = try? memory.loadAddress(at: block), processor.isKernel,
                let thread = try? memory.loadAddress(at: processor + field.offset), thread.isKernel
            else { return nil }
            return thread
        }
        process = thread.flatMap { thread -> VirtualAddress? in
            guard let state = profile.structure(named: "_KTHREAD")?["ApcState"],
                let field = profile.structure(named: "_KAPC_STATE")?["Process"],
                let process = try? memory.loadAddress(at: thread + state.offset + field.offset), process.isKernel
            else { return nil }
            return process
        }
    }
}
