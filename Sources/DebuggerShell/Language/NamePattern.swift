/// A pattern for names as the debugger has them: `*` any text, `?` one character, `[a-z]` one of several, `#` any number of the character
/// before, `+` at least one. Letters match in either case; a leading underscore matches any number of underscores.
struct NamePattern: Hashable {
    private enum Element: Hashable {
        case one(Set<UInt8>)
        case any
        case text
        case repeated(Set<UInt8>)
    }

    private let elements: [Element]
    /// The pattern as it was typed, where it holds no wildcard.
    let literal: String?

    /// Reads a pattern.
    init(_ text: String) {
        var elements: [Element] = []
        var rest = Array(text.utf8)[...]
        var isLiteral = true
        if rest.first == UInt8(ascii: "_") {
            rest = rest.drop { $0 == UInt8(ascii: "_") }
            elements.append(.repeated([UInt8(ascii: "_")]))
        }
        while let byte = rest.popFirst() {
            switch byte {
            case UInt8(ascii: "*"): elements.append(.text)
            case UInt8(ascii: "?"): elements.append(.any)
            case UInt8(ascii: "["): elements.append(.one(Self.set(&rest)))
            case UInt8(ascii: "#"), UInt8(ascii: "+"):
                guard case .one(let set)? = elements.last else { continue }
                if byte == UInt8(ascii: "#") { elements.removeLast() }
                elements.append(.repeated(set))
            default:
                elements.append(.one([byte.lowered]))
                continue
            }
            isLiteral = false
        }
        self.elements = elements
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
        var reachable = [Bool](repeating: false, count: elements.count + 1)
        reachable[0] = true
        close(&reachable)
        for byte in name.utf8 {
            var next = [Bool](repeating: false, count: elements.count + 1)
            for (index, element) in elements.enumerated() where reachable[index] {
                switch element {
                case .any: next[index + 1] = true
                case .one(let set): if set.contains(byte.lowered) { next[index + 1] = true }
                case .text: next[index] = true
                case .repeated(let set): if set.contains(byte.lowered) { next[index] = true }
                }
            }
            close(&next)
            reachable = next
        }
        return reachable[elements.count]
    }

    /// What may match nothing is passed over.
    private func close(_ reachable: inout [Bool]) {
        for (index, element) in elements.enumerated() where reachable[index] {
            switch element {
            case .text, .repeated: reachable[index + 1] = true
            case .any, .one: break
            }
        }
    }
}

extension UInt8 {
    /// The letter in lower case, any other character as it is.
    var lowered: UInt8 { (0x41...0x5A).contains(self) ? self | 0x20 : self }
}
