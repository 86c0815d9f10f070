import KernelProfiles

/// The numbers of a collection, as its reader takes them.
extension [UInt8] {
    mutating func append(number: UInt64) {
        var rest = number
        while rest >= 0x80 {
            append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        append(UInt8(rest))
    }

    mutating func append(number: Int) { append(number: UInt64(number)) }

    mutating func append(signed number: Int64) {
        append(number: UInt64(bitPattern: (number << 1) ^ (number >> 63)))
    }

    mutating func append(word: Int) {
        for shift in stride(from: 0, to: 32, by: 8) { append(UInt8(truncatingIfNeeded: word >> shift)) }
    }

    mutating func append(doubleWord: UInt64) {
        for shift in stride(from: UInt64(0), to: 64, by: 8) { append(UInt8(truncatingIfNeeded: doubleWord >> shift)) }
    }

    /// A list: count, ends, items.
    init(packing items: [[UInt8]]) {
        self = []
        append(word: items.count)
        var end = 0
        for item in items {
            end += item.count
            append(word: end)
        }
        for item in items { append(contentsOf: item) }
    }

    /// Blocks of names: each begins with the number of bytes it shares with the one before; its last byte has the high bit set.
    init(packingNames names: [String]) {
        var blocks: [[UInt8]] = []
        var previous: [UInt8] = []
        for (index, name) in names.enumerated() {
            if index % NameList.blockLength == 0 {
                blocks.append([])
                previous = []
            }
            let text = [UInt8](name.utf8)
            let shared = Swift.min(zip(previous, text).prefix { $0 == $1 }.count, text.count - 1, 255)
            var item = [UInt8(shared)] + text[shared...]
            item[item.count - 1] |= 0x80
            blocks[blocks.count - 1] += item
            previous = text
        }
        self.init(packing: blocks)
    }
}

/// Texts or types that get a number each, the most frequent the lowest.
struct Numbering<Value: Hashable> {
    private(set) var values: [Value] = []
    private var numbers: [Value: Int] = [:]

    init(_ occurrences: [Value], precedes: (Value, Value) -> Bool) {
        var counts: [Value: Int] = [:]
        for value in occurrences { counts[value, default: 0] += 1 }
        values = counts.sorted { $0.value != $1.value ? $0.value > $1.value : precedes($0.key, $1.key) }.map(\.key)
        for (number, value) in values.enumerated() { numbers[value] = number }
    }

    /// The number of a value that was among the occurrences.
    subscript(value: Value) -> Int { numbers[value] ?? values.count }
}
