package import AddressTranslation
package import BinaryReading

extension SID {
    /// Reads the `SID` structure at an address of the kernel's half; nil where there is none or it cannot be read.
    package init?(at address: VirtualAddress, in memory: VirtualMemory) {
        var reading = SIDReading(memory)
        guard let sid = reading.sid(at: address) else { return nil }
        self = sid
    }
}
