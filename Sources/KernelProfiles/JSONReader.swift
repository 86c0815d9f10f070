/// Why a JSON text cannot be read, and where.
package struct JSONError: Error, Hashable, Sendable, CustomStringConvertible {
    /// What was expected or what was found instead.
    package let reason: String
    /// Byte position in the text.
    package let position: Int

    /// Makes an error.
    package init(_ reason: String, at position: Int) {
        self.reason = reason
        self.position = position
    }

    package var description: String { "\(reason) at byte \(position)" }
}

/// Reads JSON from left to right and hands out what the caller asks for; everything else is skipped, nothing is built.
///
/// Symbol files are large and little of them is needed. Keys come in the text's order, which a dictionary would lose.
package struct JSONReader {
    /// Nesting that is still followed; symbol files nest less than ten deep.
    package static let maximumDepth = 64

    let bytes: [UInt8]
    private(set) var position: Int
    private var depth = 0

    /// Reads a text from a byte position on.
    package init(_ bytes: [UInt8], at position: Int = 0) {
        self.bytes = bytes
        self.position = Swift.max(position, 0)
    }

    /// The first byte of the next value, or nil at the end.
    package mutating func peek() -> UInt8? {
        while position < bytes.count {
            let byte = bytes[position]
            guard byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 else { return byte }
            position += 1
        }
        return nil
    }

    private mutating func expect(_ character: Unicode.Scalar) throws(JSONError) {
        guard peek() == UInt8(ascii: character) else { throw JSONError("expected '\(character)'", at: position) }
        position += 1
    }

    private mutating func take(_ character: Unicode.Scalar) -> Bool {
        guard peek() == UInt8(ascii: character) else { return false }
        position += 1
        return true
    }

    private mutating func enter() throws(JSONError) {
        guard depth < Self.maximumDepth else { throw JSONError("nested too deeply", at: position) }
        depth += 1
    }

    /// Reads an object; `body` must read or skip the value of each key that it is given.
    package mutating func readObject(
        _ body: (inout JSONReader, String) throws(JSONError) -> Void
    ) throws(JSONError) {
        try expect("{")
        try enter()
        if !take("}") {
            repeat {
                let key = try readString()
                try expect(":")
                try body(&self, key)
            } while take(",")
            try expect("}")
        }
        depth -= 1
    }

    /// Reads an array; `body` must read or skip one element.
    package mutating func readArray(_ body: (inout JSONReader) throws(JSONError) -> Void) throws(JSONError) {
        try expect("[")
        try enter()
        if !take("]") {
            repeat { try body(&self) } while take(",")
            try expect("]")
        }
        depth -= 1
    }

    /// Reads a whole number; a fraction or an exponent is refused. Numbers of 2^63 and above keep their bits.
    package mutating func readInteger() throws(JSONError) -> Int64 {
        _ = peek()
        let start = position
        let isNegative = take("-")
        var magnitude: UInt64 = 0
        let firstDigit = position
        while position < bytes.count, bytes[position] &- 0x30 < 10 {
            let (product, overflow) = magnitude.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(UInt64(bytes[position] &- 0x30))
            guard !overflow, !carry else { throw JSONError("number too large", at: start) }
            magnitude = sum
            position += 1
        }
        let next = position < bytes.count ? bytes[position] : 0
        guard position > firstDigit, next != UInt8(ascii: "."), next | 0x20 != UInt8(ascii: "e") else {
            throw JSONError("expected a whole number", at: start)
        }
        let value = Int64(bitPattern: magnitude)
        return isNegative ? 0 &- value : value
    }

    /// Reads a string.
    package mutating func readString() throws(JSONError) -> String {
        try expect("\"")
        let start = position
        var hasEscapes = false
        while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
            if bytes[position] == UInt8(ascii: "\\") {
                hasEscapes = true
                position += 1
            }
            position += 1
        }
        guard position < bytes.count else { throw JSONError("string without end", at: start) }
        let text = bytes[start..<position]
        position += 1
        return hasEscapes ? try Self.unescape(text) : String(decoding: text, as: UTF8.self)
    }

    private static func unescape(_ text: ArraySlice<UInt8>) throws(JSONError) -> String {
        var units: [UInt16] = []
        var rest = text
        var run: [UInt8] = []
        func flush() { units.append(contentsOf: String(decoding: run, as: UTF8.self).utf16) }
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "\\") else {
                run.append(byte)
                continue
            }
            flush()
            run = []
            guard let kind = rest.popFirst() else { throw JSONError("escape without end", at: text.endIndex) }
            switch kind {
            case UInt8(ascii: "n"): units.append(0x0A)
            case UInt8(ascii: "t"): units.append(0x09)
            case UInt8(ascii: "r"): units.append(0x0D)
            case UInt8(ascii: "b"): units.append(0x08)
            case UInt8(ascii: "f"): units.append(0x0C)
            case UInt8(ascii: "u"):
                guard rest.count >= 4, let unit = UInt16(String(decoding: rest.prefix(4), as: UTF8.self), radix: 16)
                else { throw JSONError("bad escape", at: rest.startIndex) }
                units.append(unit)
                rest = rest.dropFirst(4)
            default: units.append(UInt16(kind))
            }
        }
        flush()
        return String(decoding: units, as: UTF16.self)
    }

    /// Reads `null` where it stands; otherwise reads nothing and answers false.
    package mutating func readNull() -> Bool { readWord("null") }

    /// Reads a truth value.
    package mutating func readBool() throws(JSONError) -> Bool {
        if readWord("true") { return true }
        if readWord("false") { return false }
        throw JSONError("expected true or false", at: position)
    }

    private mutating func readWord(_ word: StaticString) -> Bool {
        guard peek() != nil, bytes.count - position >= word.utf8CodeUnitCount else { return false }
        let found = word.description.utf8.elementsEqual(bytes[position..<(position + word.utf8CodeUnitCount)])
        if found { position += word.utf8CodeUnitCount }
        return found
    }

    /// Passes over one value of any kind, without recursion.
    package mutating func skipValue() throws(JSONError) {
        var open = 0
        repeat {
            guard let byte = peek() else { throw JSONError("text ends inside a value", at: position) }
            switch byte {
            case UInt8(ascii: "{"), UInt8(ascii: "["):
                guard depth + open < Self.maximumDepth else { throw JSONError("nested too deeply", at: position) }
                open += 1
                position += 1
            case UInt8(ascii: "}"), UInt8(ascii: "]"):
                guard open > 0 else { throw JSONError("expected a value", at: position) }
                open -= 1
                position += 1
            case UInt8(ascii: "\""): try skipString()
            case UInt8(ascii: ","), UInt8(ascii: ":"):
                guard open > 0 else { throw JSONError("expected a value", at: position) }
                position += 1
            default: try skipWord()
            }
        } while open > 0
    }

    private mutating func skipString() throws(JSONError) {
        let start = position
        position += 1
        while position < bytes.count, bytes[position] != UInt8(ascii: "\"") {
            position += bytes[position] == UInt8(ascii: "\\") ? 2 : 1
        }
        guard position < bytes.count else { throw JSONError("string without end", at: start) }
        position += 1
    }

    /// Numbers, `true`, `false`, `null`.
    private mutating func skipWord() throws(JSONError) {
        let start = position
        while position < bytes.count {
            let byte = bytes[position]
            let isDigit = byte &- 0x30 < 10
            let isLetter = (byte | 0x20) &- 0x61 < 26
            guard
                isDigit || isLetter || byte == UInt8(ascii: "-") || byte == UInt8(ascii: "+")
                    || byte == UInt8(ascii: ".")
            else { break }
            position += 1
        }
        guard position > start else { throw JSONError("expected a value", at: start) }
    }
}
