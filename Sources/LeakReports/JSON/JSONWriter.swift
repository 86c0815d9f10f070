import BinaryReading
import Dispatch
import KernelObjects
import Synchronization

/// Takes a report's bytes, piece by piece; keeps its own errors.
public typealias ReportSink = (_ bytes: [UInt8]) -> Void

/// Writes JSON in the order in which it is told, into a small buffer that is emptied into a sink.
///
/// Objects and arrays nearer to the root than `expandedLevels` stand on lines of their own.
struct JSONWriter: ~Copyable {
    private static let bufferByteCount = 1 << 16

    private var buffer: ByteBuffer
    /// nil for a part, whose bytes wait in the buffer for ``takeBytes()``.
    private let sink: ReportSink?
    private let expandedLevels: Int
    private var level = 0
    private var needsComma = false
    private var followsKey = false
    private var flushes = 0
    private var fragments = JSONFragments()

    init(expandedLevels: Int, sink: @escaping ReportSink) {
        self.sink = sink
        self.expandedLevels = expandedLevels
        buffer = ByteBuffer(capacity: Self.bufferByteCount + 4096)
    }

    /// A writer of a part of another's text, which stands at some level there.
    private init(partAtLevel level: Int, expandedLevels: Int) {
        sink = nil
        self.level = level
        self.expandedLevels = expandedLevels
        buffer = ByteBuffer(capacity: Self.bufferByteCount)
    }

    /// Ends the text with a line feed and hands the rest to the sink.
    mutating func finish() {
        endLine()
        flush()
    }

    /// Hands the rest of a stream of lines to the sink.
    mutating func finishLines() { flush() }

    /// Ends a line of a stream of objects.
    mutating func endLine() {
        buffer.append(UInt8(ascii: "\n"))
        needsComma = false
    }

    // MARK: Structure

    mutating func object(_ body: (inout JSONWriter) -> Void) {
        enclose(UInt8(ascii: "{"), UInt8(ascii: "}"), body)
    }

    mutating func array<Items: Sequence>(_ items: Items, _ body: (inout JSONWriter, Items.Element) -> Void) {
        enclose(UInt8(ascii: "["), UInt8(ascii: "]")) { writer in for item in items { body(&writer, item) } }
    }

    mutating func object(_ key: StaticString, _ body: (inout JSONWriter) -> Void) {
        self.key(key)
        object(body)
    }

    mutating func array<Items: Sequence>(
        _ key: StaticString, _ items: Items, _ body: (inout JSONWriter, Items.Element) -> Void
    ) {
        self.key(key)
        array(items, body)
    }

    /// An array whose elements the body writes.
    mutating func array(_ key: StaticString, _ body: (inout JSONWriter) -> Void) {
        self.key(key)
        enclose(UInt8(ascii: "["), UInt8(ascii: "]"), body)
    }

    mutating func strings(_ key: StaticString, _ items: some Sequence<String>) {
        array(key, items) { $0.value($1) }
    }

    mutating func addresses(_ key: StaticString, _ items: some Sequence<VirtualAddress>) {
        array(key, items) { $0.hex($1.rawValue) }
    }

    /// A key of the report's own, which needs no escapes.
    mutating func key(_ key: StaticString) {
        separate()
        buffer.append(UInt8(ascii: "\""))
        buffer.append(key)
        buffer.append(UInt8(ascii: "\""))
        buffer.append(UInt8(ascii: ":"))
        if level <= expandedLevels { buffer.append(UInt8(ascii: " ")) }
        followsKey = true
    }

    mutating func key(_ key: String) {
        separate()
        string(key)
        buffer.append(level <= expandedLevels ? ": " : ":")
        followsKey = true
    }

    /// Writes a value that occurs over and over: told once, its bytes are kept, and later only copied.
    mutating func repeated(_ key: StaticString, _ fragment: JSONFragments.Key, _ body: (inout JSONWriter) -> Void) {
        self.key(key)
        repeated(fragment, body)
    }

    /// The same for an element of an array. The value must stand at a level that is not expanded.
    mutating func repeated(_ fragment: JSONFragments.Key, _ body: (inout JSONWriter) -> Void) {
        if let bytes = fragments[fragment] {
            separate()
            buffer.append(bytes)
            return
        }
        let (bytes, isWhole) = recorded(body)
        if isWhole { fragments.keep(bytes, as: fragment) }
    }

    /// Writes a return address that is named: told once, its bytes are kept.
    mutating func frame(_ address: VirtualAddress, _ body: (inout JSONWriter) -> Void) {
        if let bytes = fragments[frame: address] {
            separate()
            return buffer.append(bytes)
        }
        let (bytes, isWhole) = recorded(body)
        if isWhole { fragments.keep(bytes, asFrame: address) }
    }

    /// Writes a return address that nothing is known of: most of a large report is those.
    mutating func bareFrame(_ address: VirtualAddress) {
        separate()
        buffer.append("{\"address\":\"0x")
        buffer.append(hex: address.rawValue)
        buffer.append("\",\"module\":null,\"symbol\":null,\"displacement\":null}")
    }

    /// Writes a value and tells its bytes, and whether all of them are there still.
    private mutating func recorded(_ body: (inout JSONWriter) -> Void) -> (bytes: [UInt8], isWhole: Bool) {
        separate()
        followsKey = true
        let start = buffer.count
        let flushesBefore = flushes
        body(&self)
        // What was flushed meanwhile is gone from the buffer: the next time the value comes, it may fit.
        return flushes == flushesBefore ? (buffer.bytes(from: start), true) : ([], false)
    }

    // MARK: Parts

    /// Writes many elements of an array or lines of a stream, which several workers make side by side.
    ///
    /// - Parameters:
    ///   - count: Number of elements.
    ///   - body: Writes one element into a part; called for each number, on any thread.
    mutating func elements(_ count: Int, _ body: @Sendable (inout JSONWriter, Int) -> Void) {
        let workers = (0..<Swift.min(Self.mostWorkers, count / Self.elementsPerPart + 1)).map { _ in
            PartWriter(level: level, expandedLevels: expandedLevels)
        }
        let isArray = level > 0
        for first in stride(from: 0, to: count, by: Self.elementsPerPart * workers.count) {
            flush()
            DispatchQueue.concurrentPerform(iterations: workers.count) { worker in
                let start = first + worker * Self.elementsPerPart
                let elements = start..<Swift.max(start, Swift.min(start + Self.elementsPerPart, count))
                workers[worker].write(elements, isContinued: isArray && start > 0, body)
            }
            for worker in workers { append(part: worker.takeBytes()) }
        }
        if count > 0 { needsComma = isArray }
    }

    private mutating func append(part: [UInt8]) {
        guard !part.isEmpty else { return }
        guard let sink else { return buffer.append(part) }
        flush()
        sink(part)
    }

    private static let elementsPerPart = 512
    private static let mostWorkers = 16

    /// What one worker writes with; used by one thread at a time.
    private final class PartWriter: Sendable {
        private let writer: Mutex<JSONWriter>

        init(level: Int, expandedLevels: Int) {
            writer = Mutex(JSONWriter(partAtLevel: level, expandedLevels: expandedLevels))
        }

        func write(_ elements: Range<Int>, isContinued: Bool, _ body: (inout JSONWriter, Int) -> Void) {
            writer.withLock { writer in
                writer.needsComma = isContinued
                for element in elements { body(&writer, element) }
            }
        }

        func takeBytes() -> [UInt8] {
            writer.withLock { writer in
                let bytes = writer.buffer.bytes()
                writer.buffer.removeAll()
                return bytes
            }
        }
    }

    // MARK: Values

    mutating func field(_ key: StaticString, _ value: String?) {
        self.key(key)
        self.value(value)
    }

    mutating func field(_ key: StaticString, _ value: Bool?) {
        self.key(key)
        self.value(value)
    }

    mutating func field<Number: BinaryInteger>(_ key: StaticString, _ value: Number?) {
        self.key(key)
        self.number(value)
    }

    mutating func hex<Number: FixedWidthInteger & UnsignedInteger>(_ key: StaticString, _ value: Number?) {
        self.key(key)
        self.hex(value)
    }

    mutating func address(_ key: StaticString, _ value: VirtualAddress?) { hex(key, value?.rawValue) }

    /// LUID 0:0 is written as null.
    mutating func luid(_ key: StaticString, _ value: LUID?) {
        hex(key, value.flatMap { $0.isNone ? nil : $0.rawValue })
    }

    mutating func time(_ key: StaticString, _ value: FileTime?) { field(key, value?.description) }

    mutating func value(_ value: String?) {
        guard let value else { return null() }
        separate()
        string(value)
    }

    mutating func value(_ value: Bool?) {
        guard let value else { return null() }
        separate()
        buffer.append(value ? "true" : "false")
    }

    mutating func number(_ value: (some BinaryInteger)?) {
        guard let value else { return null() }
        separate()
        if value < 0 { buffer.append("-") }
        buffer.append(decimal: UInt64(truncatingIfNeeded: value.magnitude))
    }

    /// Hundredths as a number with two digits after the point.
    mutating func hundredths(_ key: StaticString, _ value: Int64?) {
        self.key(key)
        guard let value else { return null() }
        separate()
        if value < 0 { buffer.append("-") }
        buffer.append(decimal: value.magnitude / 100)
        buffer.append(".")
        buffer.append(decimal: value.magnitude % 100 / 10)
        buffer.append(decimal: value.magnitude % 10)
    }

    mutating func hex(_ value: (some FixedWidthInteger & UnsignedInteger)?) {
        guard let value else { return null() }
        separate()
        buffer.append("\"0x")
        buffer.append(hex: UInt64(truncatingIfNeeded: value))
        buffer.append(UInt8(ascii: "\""))
    }

    mutating func null() {
        separate()
        buffer.append("null")
    }

    // MARK: Bytes

    private mutating func enclose(_ open: UInt8, _ close: UInt8, _ body: (inout JSONWriter) -> Void) {
        separate()
        buffer.append(open)
        level += 1
        needsComma = false
        body(&self)
        let hasContent = needsComma
        level -= 1
        if hasContent, level < expandedLevels { breakLine() }
        buffer.append(close)
        needsComma = true
    }

    /// What stands before a value or key: nothing after a key, else a comma and a new line where lines are broken.
    private mutating func separate() {
        if buffer.count >= Self.bufferByteCount { flush() }
        if followsKey {
            followsKey = false
            needsComma = true
            return
        }
        if needsComma { buffer.append(UInt8(ascii: ",")) }
        if level > 0, level <= expandedLevels { breakLine() }
        needsComma = true
    }

    private mutating func breakLine() {
        buffer.append(UInt8(ascii: "\n"))
        for _ in 0..<level { buffer.append("  ") }
    }

    private mutating func flush() {
        guard let sink else { return }
        flushes += 1
        sink(buffer.bytes())
        buffer.removeAll()
    }

    /// A string as JSON: control characters and what could break a line or turn text around is escaped.
    private mutating func string(_ text: String) {
        buffer.append(UInt8(ascii: "\""))
        guard !appendPlain(text) else { return buffer.append(UInt8(ascii: "\"")) }
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": buffer.append("\\\"")
            case "\\": buffer.append("\\\\")
            case "\n": buffer.append("\\n")
            case "\r": buffer.append("\\r")
            case "\t": buffer.append("\\t")
            case _ where scalar.isHiddenOrTurning:
                for unit in String(scalar).utf16 {
                    buffer.append(Array(("\\u" + UInt64(unit).paddedHexDigits(4)).utf8))
                }
            default: buffer.append(Array(String(scalar).utf8))
            }
        }
        buffer.append(UInt8(ascii: "\""))
        if buffer.count >= Self.bufferByteCount { flush() }
    }

    /// Appends text that needs no escapes, which nearly all does; false where some byte is not plain ASCII, and then nothing is appended.
    private mutating func appendPlain(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { bytes in
            let isPlain = unsafe bytes.allSatisfy {
                (0x20..<0x7F).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\")
            }
            if isPlain { unsafe buffer.append(UnsafeRawBufferPointer(bytes)) }
            return isPlain
        }
    }
}
