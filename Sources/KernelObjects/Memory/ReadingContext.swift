import AddressTranslation
import BinaryReading
import KernelProfiles
import KernelSymbols

/// What every walk over one dump shares: the kernel, a reader of its memory, and the list of what could not be read.
///
/// Not shared between threads; each worker makes its own.
final class ReadingContext {
    let kernel: Kernel
    let memory: VirtualMemory
    private(set) var gaps: [Gap] = []
    private var counts: [String: Int] = [:]

    /// Gaps of one kind that are listed singly; more are only counted, so that damage cannot fill the memory.
    private static let listedGapsOfAKind = 100

    init(_ kernel: Kernel) {
        self.kernel = kernel
        memory = VirtualMemory(kernel.addressSpace)
    }

    var profile: KernelProfile { kernel.profile }

    /// Notes something that could not be read.
    ///
    /// - Parameters:
    ///   - kind: What is the same for all gaps of this kind: `_TOKEN of a token list`.
    ///   - detail: What is particular to this one; nil where the address says it all.
    func note(
        _ subject: Gap.Subject, _ kind: String, detail: String? = nil, at address: VirtualAddress?, why: String,
        limits: String
    ) {
        let count = counts[kind, default: 0] + 1
        counts[kind] = count
        guard count <= Self.listedGapsOfAKind else { return }
        gaps.append(
            Gap(
                subject: subject, what: detail.map { "\(kind) (\($0))" } ?? kind, address: address, why: why,
                limits: limits))
    }

    /// All gaps, those that were only counted as one line of each kind.
    var closedGaps: [Gap] {
        var closed = gaps
        for (kind, count) in counts.sorted(by: { $0.key < $1.key }) where count > Self.listedGapsOfAKind {
            let subject = gaps.first { $0.what.hasPrefix(kind) }?.subject ?? .image
            closed.append(
                Gap(
                    subject: subject, what: kind, address: nil,
                    why: "\(count - Self.listedGapsOfAKind) more of this kind are not listed singly",
                    limits: "\(count) in all"))
        }
        return closed
    }

    /// Address of a data symbol; nil where this kernel's profile has none of that name.
    func address(of symbol: String) -> VirtualAddress? { kernel.address(of: symbol) }
}
