import AddressTranslation
import BinaryReading
import KernelProfiles

/// Reads the threads of a process (`_EPROCESS.ThreadListHead`).
struct ThreadList {
    private let context: ReadingContext
    private let layout: ThreadLayout
    private let threadListHead: Int

    private static let threadLimit = 4_000_000

    init(_ context: ReadingContext) throws(LayoutError) {
        self.context = context
        layout = try ThreadLayout(context.profile)
        threadListHead = try ProcessLayout(context.profile).threadListHead
    }

    /// The threads of a process, and whether its list could be walked to its end.
    func threads(of process: Process) -> (threads: [Thread], isComplete: Bool) {
        let head = process.address + threadListHead
        let walk = ListWalk(head: head, in: context.memory, limit: Self.threadLimit)
        if walk.end != .closed {
            context.note(
                .threads, "_EPROCESS.ThreadListHead", detail: "process \(process.processID) \(process.imageName)",
                at: head, why: walk.end.text,
                limits: walk.isComplete
                    ? "nothing: the other direction of the list shows all threads"
                    : "impersonating threads of this process may be missing")
        }
        let threads = walk.nodes.compactMap { thread(at: $0 - layout.links, in: process) }
        return (threads, walk.isComplete)
    }

    private func thread(at address: VirtualAddress, in process: Process) -> Thread? {
        do throws(TranslationError) {
            return try context.memory.withBytes(at: address, count: layout.byteCount) { bytes in
                layout.thread(in: bytes, at: address, of: process)
            }
        } catch {
            context.note(
                .threads, "_ETHREAD", detail: "process \(process.processID) \(process.imageName)", at: address,
                why: error.description, limits: "a token that this thread impersonates is not seen")
            return nil
        }
    }
}
