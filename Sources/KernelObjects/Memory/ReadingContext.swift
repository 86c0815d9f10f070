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
    private var notes = Notes()

    /// Gaps and how many there are of each kind.
    struct Notes: Sendable {
        fileprivate var gaps: [(kind: String, gap: Gap)] = []
        fileprivate var counts: [String: Int] = [:]

        fileprivate mutating func add(_ gap: Gap, kind: String) {
            let count = counts[kind, default: 0] + 1
            counts[kind] = count
            if count <= Self.listedGapsOfAKind { gaps.append((kind, gap)) }
        }

        /// Gaps of one kind that are listed singly; more are only counted, so that damage cannot fill the memory.
        fileprivate static let listedGapsOfAKind = 100
    }

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
        let gap = Gap(
            subject: subject, what: detail.map { "\(kind) (\($0))" } ?? kind, address: address, why: why, limits: limits
        )
        notes.add(gap, kind: kind)
    }

    /// Hands over what was noted so far.
    func takeNotes() -> Notes {
        defer { notes = Notes() }
        return notes
    }

    /// Takes in what another worker noted.
    func adopt(_ others: Notes) {
        var listed: [String: Int] = [:]
        for (kind, gap) in others.gaps {
            notes.add(gap, kind: kind)
            listed[kind, default: 0] += 1
        }
        for (kind, count) in others.counts { notes.counts[kind, default: 0] += count - listed[kind, default: 0] }
    }

    /// All gaps, those that were only counted as one line of each kind.
    var closedGaps: [Gap] {
        let unlisted = notes.counts.filter { $0.value > Notes.listedGapsOfAKind }.sorted { $0.key < $1.key }
        return notes.gaps.map(\.gap)
            + unlisted.map { kind, count in
                Gap(
                    subject: notes.gaps.first { $0.kind == kind }?.gap.subject ?? .image, what: kind, address: nil,
                    why: "\(count - Notes.listedGapsOfAKind) more of this kind are not listed singly",
                    limits: "\(count) in all")
            }
    }

    /// Address of a data symbol; nil where this kernel's profile has none of that name.
    func address(of symbol: String) -> VirtualAddress? { kernel.address(of: symbol) }
}
