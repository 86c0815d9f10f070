/// Regular expressions over single lines, matched in time that grows with the line and never with chance: no input makes them hang.
///
/// `.` `[a-z]` `[^a-z]` `*` `+` `?` `|` `( )` `^` `$`, `\d \w \s \b` and their opposites, `\` before a sign. Counts `{m,n}` and back references
/// are not here.
struct RegularExpression {
    /// One state of the machine that an expression becomes.
    private enum State {
        case byte(Set<UInt8>)
        case split(Int, Int)
        case jump(Int)
        case start
        case end
        case boundary
        case accept
    }

    private var states: [State] = []
    private let isCaseSensitive: Bool
    private static let nestingLimit = 100

    /// - Throws: Words with the place that cannot be read.
    init(_ text: String, isCaseSensitive: Bool) throws(CommandError) {
        self.isCaseSensitive = isCaseSensitive
        var rest = Array(text.utf8)[...]
        try alternatives(&rest, depth: 0)
        guard rest.isEmpty else { throw Self.unreadable(rest) }
        states.append(.accept)
    }

    private static func unreadable(_ rest: ArraySlice<UInt8>) -> CommandError {
        .words("Not a regular expression here: '\(String(decoding: rest, as: UTF8.self))'")
    }

    // MARK: Reading

    private mutating func alternatives(_ rest: inout ArraySlice<UInt8>, depth: Int) throws(CommandError) {
        guard depth < Self.nestingLimit else { throw Self.unreadable(rest) }
        let start = states.count
        try sequence(&rest, depth: depth)
        while rest.first == UInt8(ascii: "|") {
            rest.removeFirst()
            insert(.split(start + 1, states.count + 2), at: start)
            let jump = states.count
            states.append(.jump(0))
            try alternatives(&rest, depth: depth + 1)
            states[jump] = .jump(states.count)
        }
    }

    private mutating func sequence(_ rest: inout ArraySlice<UInt8>, depth: Int) throws(CommandError) {
        while let byte = rest.first, byte != UInt8(ascii: "|"), byte != UInt8(ascii: ")") {
            let start = states.count
            try atom(&rest, depth: depth)
            while let sign = rest.first,
                sign == UInt8(ascii: "*") || sign == UInt8(ascii: "+") || sign == UInt8(ascii: "?")
            {
                rest.removeFirst()
                // A lazy mark changes nothing: only whether a line fits is asked.
                repeatState(from: start, sign)
            }
        }
    }

    private mutating func repeatState(from start: Int, _ sign: UInt8) {
        switch sign {
        case UInt8(ascii: "+"): states.append(.split(start, states.count + 1))
        case UInt8(ascii: "?"): insert(.split(start + 1, states.count + 1), at: start)
        default:
            insert(.split(start + 1, states.count + 2), at: start)
            states.append(.jump(start))
        }
    }

    /// Puts a state before others and moves what they lead to.
    private mutating func insert(_ state: State, at index: Int) {
        for position in states.indices.dropFirst(index) {
            switch states[position] {
            case .split(let left, let right):
                states[position] = .split(left >= index ? left + 1 : left, right >= index ? right + 1 : right)
            case .jump(let target): states[position] = .jump(target >= index ? target + 1 : target)
            default: break
            }
        }
        states.insert(state, at: index)
    }

    private mutating func atom(_ rest: inout ArraySlice<UInt8>, depth: Int) throws(CommandError) {
        let place = rest
        guard let byte = rest.popFirst() else { return }
        switch byte {
        case UInt8(ascii: "("):
            if rest.starts(with: Array("?:".utf8)) { rest = rest.dropFirst(2) }
            try alternatives(&rest, depth: depth + 1)
            guard rest.popFirst() == UInt8(ascii: ")") else { throw Self.unreadable(place) }
        case UInt8(ascii: "["): states.append(.byte(try set(&rest, place)))
        case UInt8(ascii: "."): states.append(.byte(Set(0...255)))
        case UInt8(ascii: "^"): states.append(.start)
        case UInt8(ascii: "$"): states.append(.end)
        case UInt8(ascii: "*"), UInt8(ascii: "+"), UInt8(ascii: "?"): throw Self.unreadable(place)
        case UInt8(ascii: "\\"):
            guard let escaped = rest.popFirst() else { throw Self.unreadable(place) }
            states.append(escaped == UInt8(ascii: "b") ? .boundary : .byte(Self.escapedSet(escaped)))
        default: states.append(.byte(fold(byte)))
        }
    }

    private func fold(_ byte: UInt8) -> Set<UInt8> {
        guard !isCaseSensitive, (0x61...0x7A).contains(byte.lowered) else { return [byte] }
        return [byte.lowered, byte.lowered & 0xDF]
    }

    private static let digits = Set(UInt8(ascii: "0")...UInt8(ascii: "9"))
    private static let letters = digits.union(UInt8(ascii: "a")...UInt8(ascii: "z"))
        .union(UInt8(ascii: "A")...UInt8(ascii: "Z")).union([UInt8(ascii: "_")])
    private static let blanks: Set<UInt8> = [0x20, 0x09, 0x0A, 0x0B, 0x0C, 0x0D]

    private static func escapedSet(_ byte: UInt8) -> Set<UInt8> {
        let all = Set<UInt8>(0...255)
        return switch byte {
        case UInt8(ascii: "d"): digits
        case UInt8(ascii: "D"): all.subtracting(digits)
        case UInt8(ascii: "w"): letters
        case UInt8(ascii: "W"): all.subtracting(letters)
        case UInt8(ascii: "s"): blanks
        case UInt8(ascii: "S"): all.subtracting(blanks)
        case UInt8(ascii: "t"): [0x09]
        default: [byte]
        }
    }

    private func set(_ rest: inout ArraySlice<UInt8>, _ place: ArraySlice<UInt8>) throws(CommandError) -> Set<UInt8> {
        let isInverted = rest.first == UInt8(ascii: "^")
        if isInverted { rest.removeFirst() }
        var set: Set<UInt8> = []
        var isFirst = true
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "]"), !isFirst { return isInverted ? Set(0...255).subtracting(set) : set }
            isFirst = false
            if byte == UInt8(ascii: "\\"), let escaped = rest.popFirst() {
                set.formUnion(Self.escapedSet(escaped))
            } else if rest.first == UInt8(ascii: "-"), let end = rest.dropFirst().first, end != UInt8(ascii: "]") {
                rest = rest.dropFirst(2)
                if byte <= end { for inner in byte...end { set.formUnion(fold(inner)) } }
            } else {
                set.formUnion(fold(byte))
            }
        }
        throw Self.unreadable(place)
    }

    // MARK: Matching

    /// Whether any part of a line fits.
    func matches(_ line: String) -> Bool {
        let bytes = Array(line.utf8)
        var current = [Bool](repeating: false, count: states.count)
        for position in 0...bytes.count {
            guard !add(0, to: &current, at: position, in: bytes) else { return true }
            guard position < bytes.count else { return false }
            var next = [Bool](repeating: false, count: states.count)
            for (index, state) in states.enumerated() where current[index] {
                guard case .byte(let set) = state, set.contains(bytes[position]) else { continue }
                if add(index + 1, to: &next, at: position + 1, in: bytes) { return true }
            }
            current = next
        }
        return false
    }

    /// Adds a state and all that it leads to without a byte; answers whether the end is among them.
    private func add(_ first: Int, to set: inout [Bool], at position: Int, in bytes: [UInt8]) -> Bool {
        var open = [first]
        while let index = open.popLast() {
            guard !set[index] else { continue }
            set[index] = true
            switch states[index] {
            case .accept: return true
            case .split(let left, let right): open += [left, right]
            case .jump(let target): open.append(target)
            case .start: if position == 0 { open.append(index + 1) }
            case .end: if position == bytes.count { open.append(index + 1) }
            case .boundary: if Self.isBoundary(position, in: bytes) { open.append(index + 1) }
            case .byte: break
            }
        }
        return false
    }

    private static func isBoundary(_ position: Int, in bytes: [UInt8]) -> Bool {
        let before = position > 0 && letters.contains(bytes[position - 1])
        let after = position < bytes.count && letters.contains(bytes[position])
        return before != after
    }
}
