import BinaryReading
import KernelObjects
import LeakAnalysis

/// Bytes of JSON values that a report writes over and over, by what they say; as many as fit into a few MiB.
struct JSONFragments {
    /// What a kept value says.
    enum Key: Hashable {
        /// The groups of all tokens that share one array.
        case groups(BufferIdentity)
        /// A user with its name.
        case user(SID)
        /// A return address of the kernel, with its name.
        case frame(VirtualAddress)
    }

    private static let mostBytes = 8 << 20

    private var bytes: [Key: [UInt8]] = [:]
    private var byteCount = 0

    subscript(key: Key) -> [UInt8]? { bytes[key] }

    /// Keeps a value, unless those that are kept are too many already.
    mutating func keep(_ value: ArraySlice<UInt8>, as key: Key) {
        guard byteCount + value.count <= Self.mostBytes else { return }
        byteCount += value.count
        bytes[key] = Array(value)
    }
}
