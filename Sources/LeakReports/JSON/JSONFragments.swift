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
    }

    private static let mostBytes = 8 << 20

    private var bytes: [Key: [UInt8]] = [:]
    private var byteCount = 0
    private var frames: [[UInt8]] = []
    private var framePositions = PositionTable()

    subscript(key: Key) -> [UInt8]? { bytes[key] }

    /// Keeps a value, unless those that are kept are too many already.
    mutating func keep(_ value: [UInt8], as key: Key) {
        guard byteCount + value.count <= Self.mostBytes else { return }
        byteCount += value.count
        bytes[key] = value
    }

    /// A return address of the kernel, which means the same in every trace: there are so many that they have a table of their own.
    subscript(frame address: VirtualAddress) -> [UInt8]? { framePositions[address].map { frames[$0] } }

    /// Keeps the bytes of a return address, within the same limit.
    mutating func keep(_ value: [UInt8], asFrame address: VirtualAddress) {
        guard byteCount + value.count <= Self.mostBytes else { return }
        byteCount += value.count
        framePositions[address] = frames.count
        frames.append(value)
    }
}
