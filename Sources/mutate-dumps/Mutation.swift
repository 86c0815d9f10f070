import BinaryReading

/// A spoilt dump, and how it was spoilt.
struct Mutation {
    /// Its number, of which together with the seed it is made.
    let number: Int
    /// The dump.
    private(set) var bytes: [UInt8]
    /// Each thing that was done, in words.
    private(set) var edits: [String] = []

    private let subject: MutationSubject
    private var chance: ChanceSequence

    /// What can be done to a dump.
    private enum Edit: Int, CaseIterable {
        case flipBit, setByte, setWord, copyWord, swapPages, clearPage, cut

        /// How often it is done.
        var weight: Int {
            switch self {
            case .flipBit: 20
            case .setByte: 12
            case .setWord: 45
            case .copyWord: 10
            case .swapPages: 4
            case .clearPage: 5
            case .cut: 1
            }
        }
    }

    /// Makes a mutation: one edit half of the time, else up to 32.
    init(of subject: MutationSubject, seed: UInt64, number: Int) {
        self.number = number
        self.subject = subject
        bytes = subject.bytes
        chance = ChanceSequence(seed: seed, number: number)
        for _ in 0..<(1 << max(0, chance.below(11) - 5)) { edit() }
    }

    /// The dump cut at a page border. Successive turns lie far apart, and as many turns as there are borders visit each of them.
    init(of subject: MutationSubject, number: Int, cutInTurn turn: Int) {
        self.number = number
        self.subject = subject
        bytes = subject.bytes
        chance = ChanceSequence(seed: 0, number: number)
        let borders = max(1, bytes.count / 0x1000)
        cut(to: turn % borders * Self.step(coprimeTo: borders) % borders * 0x1000)
    }

    private static func step(coprimeTo count: Int) -> Int {
        func divisor(_ one: Int, _ other: Int) -> Int { other == 0 ? one : divisor(other, one % other) }
        return (max(1, count * 5 / 8)...).first { divisor($0, count) == 1 } ?? 1
    }

    var description: String { "mutation \(number): \(edits.joined(separator: ", "))" }

    private mutating func edit() {
        let regions = MutationSubject.Region.allCases
        let region = regions[chance.pickWeighted(regions.map(\.weight))]
        let offset = subject.word(in: region, &chance)
        switch Edit.allCases[chance.pickWeighted(Edit.allCases.map(\.weight))] {
        case .flipBit: flipBit(at: offset + chance.below(8))
        case .setByte:
            setBytes(
                at: offset + chance.below(8), to: [chance.pick([0, 1, 0x7F, 0x80, 0xFF]) ?? UInt8(chance.below(256))])
        case .setWord: setWord(at: offset, region)
        case .copyWord: copyWord(from: subject.word(in: region, &chance), to: offset)
        case .swapPages: swapPages(offset, subject.word(in: region, &chance))
        case .clearPage:
            setBytes(at: offset & ~0xFFF, to: Array(repeating: chance.pick([0, 0xFF]) ?? 0, count: 0x1000))
        case .cut: cut(to: offset + chance.below(8))
        }
    }

    private mutating func flipBit(at offset: Int) {
        guard offset < bytes.count else { return }
        bytes[offset] ^= 1 << UInt8(chance.below(8))
        edits.append("bit at \(UInt64(offset).hexText)")
    }

    /// A whole word or a part of it gets a value that a reader may trip over.
    private mutating func setWord(at offset: Int, _ region: MutationSubject.Region) {
        let size = chance.pick([1, 2, 4, 4, 8, 8, 8, 8]) ?? 8
        let part = chance.below(8 / size) * size
        let value = word(at: offset, region)
        setBytes(at: offset + part, to: (0..<size).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * $0)) })
    }

    private mutating func word(at offset: Int, _ region: MutationSubject.Region) -> UInt64 {
        let near = UInt64(chance.below(0x200)) & ~7
        switch chance.below(10) {
        case 0: return 0
        case 1: return .max
        case 2: return chance.next()
        case 3: return UInt64(chance.below(0x200))
        case 4: return 1 << UInt64(chance.below(64))
        case 5: return (1 << UInt64(chance.below(64))) &- 1
        case 6: return 0x7FFF_FFFF_FFFF_FFFF &+ UInt64(chance.below(2))
        case 7: return (chance.pick(subject.pointers) ?? 0) &+ near
        case 8: return (chance.pick(subject.pointers) ?? 0) &- near
        default: return chance.pick(subject.pointers) ?? 0
        }
    }

    private mutating func copyWord(from source: Int, to target: Int) {
        guard source + 8 <= bytes.count else { return }
        setBytes(at: target, to: Array(bytes[source..<(source + 8)]))
    }

    private mutating func swapPages(_ one: Int, _ other: Int) {
        let (first, second) = (one & ~0xFFF, other & ~0xFFF)
        guard max(first, second) + 0x1000 <= bytes.count else { return }
        for index in 0..<0x1000 { bytes.swapAt(first + index, second + index) }
        edits.append("pages at \(UInt64(first).hexText) and \(UInt64(second).hexText) swapped")
    }

    private mutating func cut(to byteCount: Int) {
        guard byteCount < bytes.count else { return }
        bytes.removeLast(bytes.count - byteCount)
        edits.append("cut to \(byteCount) bytes")
    }

    private mutating func setBytes(at offset: Int, to values: [UInt8]) {
        guard offset + values.count <= bytes.count else { return }
        bytes.replaceSubrange(offset..<(offset + values.count), with: values)
        let shown = values.count <= 8 ? values.map { UInt64($0).paddedHexDigits(2) }.joined() : "\(values.count) bytes"
        edits.append("\(shown) at \(UInt64(offset).hexText)")
    }
}
