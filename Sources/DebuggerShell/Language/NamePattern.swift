/// A pattern for names as the debugger has them: `*` any text, `?` one character, `[a-z]` one of several, `#` any number of the character
/// before, `+` at least one. Letters match in either case; a leading underscore matches any number of underscores.
struct NamePattern: Hashable {
    private enum Element: Hashable {
        case byte(UInt8)
        case set(Set<UInt8>)
        case any
        case text

        func accepts(_ byte: UInt8) -> Bool {
            switch self {
            case .byte(let own): own == byte.lowered
            case .set(let set): set.contains(byte.lowered)
            case .any: true
            case .text: false
            }
        }
    }

    private let elements: [Element]
    /// Elements that may come any number of times, none included.
    private let repeated: Set<Int>
    private let ignoresUnderscores: Bool
    /// The pattern as it was typed, where it holds no wildcard.
    let literal: String?

    /// Reads a pattern.
    init(_ text: String) {
        var elements: [Element] = []
        var repeated: Set<Int> = []
        var rest = Array(text.utf8)[...]
        var isLiteral = true
        ignoresUnderscores = rest.first == UInt8(ascii: "_")
        rest = rest.drop { $0 == UInt8(ascii: "_") }
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "*"): elements.append(.text)
            case UInt8(ascii: "?"): elements.append(.any)
            case UInt8(ascii: "["): elements.append(.set(Self.set(&rest)))
            case UInt8(ascii: "#"), UInt8(ascii: "+"):
                guard let last = elements.last, last != .text else { continue }
                if byte == UInt8(ascii: "+") { elements.append(last) }
                repeated.insert(elements.count - 1)
            default:
                elements.append(.byte(byte.lowered))
                continue
            }
            isLiteral = false
        }
        self.elements = elements
        self.repeated = repeated
        literal = isLiteral ? text : nil
    }

    private static func set(_ rest: inout ArraySlice<UInt8>) -> Set<UInt8> {
        var set: Set<UInt8> = []
        while let byte = rest.popFirst(), byte != UInt8(ascii: "]") {
            set.insert(byte.lowered)
            guard rest.first == UInt8(ascii: "-"), let end = rest.dropFirst().first, end != UInt8(ascii: "]") else {
                continue
            }
            rest = rest.dropFirst(2)
            if byte.lowered <= end.lowered { set.formUnion(byte.lowered...end.lowered) }
        }
        return set
    }

    /// Whether a name fits. The time it takes grows with the product of both lengths at worst.
    func matches(_ name: String) -> Bool {
        let bytes = name.utf8
        if case .byte(let first)? = elements.first, !ignoresUnderscores, !repeated.contains(0) {
            // Most names end here.
            guard bytes.first?.lowered == first else { return false }
        }
        let start = ignoresUnderscores ? bytes.drop { $0 == UInt8(ascii: "_") } : bytes[...]
        return repeated.isEmpty ? matchesOnce(Array(start)) : matchesRepeatedly(Array(start))
    }

    /// Without repetition one place to go back to is enough: the last `*`.
    private func matchesOnce(_ bytes: [UInt8]) -> Bool {
        var position = 0
        var element = 0
        var retry: (element: Int, position: Int)?
        while position < bytes.count {
            if element < elements.count, elements[element] == .text {
                retry = (element + 1, position)
                element += 1
            } else if element < elements.count, elements[element].accepts(bytes[position]) {
                element += 1
                position += 1
            } else if let last = retry {
                element = last.element
                position = last.position + 1
                retry = (last.element, position)
            } else {
                return false
            }
        }
        return elements[element...].allSatisfy { $0 == .text }
    }

    /// With repetition all places in the pattern that can be reached are followed at once.
    private func matchesRepeatedly(_ bytes: [UInt8]) -> Bool {
        var reachable = [Bool](repeating: false, count: elements.count + 1)
        reachable[0] = true
        passOver(&reachable)
        for byte in bytes {
            var next = [Bool](repeating: false, count: elements.count + 1)
            for (index, element) in elements.enumerated() where reachable[index] {
                if element == .text {
                    next[index] = true
                } else if element.accepts(byte) {
                    next[repeated.contains(index) ? index : index + 1] = true
                }
            }
            passOver(&next)
            reachable = next
        }
        return reachable[elements.count]
    }

    /// What may match nothing is passed over.
    private func passOver(_ reachable: inout [Bool]) {
        for (index, element) in elements.enumerated() where reachable[index] {
            if element == .text || repeated.contains(index) { reachable[index + 1] = true }
        }
    }
}

extension UInt8 {
    /// The letter in lower case, any other character as it is.
    var lowered: UInt8 { (0x41...0x5A).contains(self) ? self | 0x20 : self }
}
