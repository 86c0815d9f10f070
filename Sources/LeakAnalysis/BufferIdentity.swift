/// Tells arrays that share their elements' memory from others, without looking at the elements.
///
/// Holds only while the array lives. The reader lets tokens with the same groups share one array: work on the groups is done once.
package struct BufferIdentity: Hashable, Sendable {
    private let address: UInt
    private let count: Int

    /// The identity of an array's memory.
    package init<Element>(_ array: [Element]) {
        address = unsafe array.withUnsafeBufferPointer { UInt(bitPattern: $0.baseAddress) }
        count = array.count
    }
}
