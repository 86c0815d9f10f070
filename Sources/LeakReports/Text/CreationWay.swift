import BinaryReading
import KernelObjects

extension Snapshot {
    /// The kernel's routines that a creation trace came through, innermost first, without displacements; nil without kernel frames.
    func wayText(of trace: [VirtualAddress]) -> String? {
        let names = trace.prefix(while: \.isKernel).map { address in
            let frame = frames[address]
            guard let module = frame?.module else { return address.debuggerText }
            return frame?.symbol.map { module + "!" + $0 } ?? frame?.text ?? module
        }
        return names.isEmpty ? nil : names.joined(separator: ", ")
    }
}
