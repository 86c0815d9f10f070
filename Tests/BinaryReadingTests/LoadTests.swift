import BinaryReading
import Testing

@Suite("Checked loads")
struct LoadTests {
    private static let bytes: [UInt8] = [1, 2, 3, 4, 5, 6, 7, 8, 0xFF]

    private static func withSpan<R, E: Error>(_ body: (RawSpan) throws(E) -> R) throws(E) -> R {
        let span = bytes.span
        return try body(span.bytes)
    }

    @Test("little-endian integers at any alignment")
    func integers() throws {
        try Self.withSpan { (span) throws(OutOfBounds) in
            #expect(try span.load(UInt8.self, at: 8) == 0xFF)
            #expect(try span.load(Int8.self, at: 8) == -1)
            #expect(try span.load(UInt16.self, at: 1) == 0x0302)
            #expect(try span.load(UInt32.self, at: 3) == 0x0706_0504)
            #expect(try span.load(UInt64.self, at: 0) == 0x0807_0605_0403_0201)
            #expect(try span.load(UInt64.self, at: 1) == 0xFF08_0706_0504_0302)
            #expect(span.loadIfPresent(UInt64.self, at: 1) == 0xFF08_0706_0504_0302)
        }
    }

    @Test(
        "what does not fit is an error that says what, and nil for a probe",
        arguments: [-1, 2, 8, 9, 10, Int.max, Int.max - 3, Int.min])
    func outOfBounds(offset: Int) {
        Self.withSpan { span in
            #expect(throws: OutOfBounds(offset: offset, byteCount: 8, available: 9)) {
                try Self.withSpan { (span) throws(OutOfBounds) in try span.load(UInt64.self, at: offset) }
            }
            #expect(span.loadIfPresent(UInt64.self, at: offset) == nil)
        }
    }

    @Test("copies")
    func copies() throws {
        try Self.withSpan { (span) throws(OutOfBounds) in
            #expect(try span.copyBytes(at: 7, count: 2) == [8, 0xFF])
            #expect(try span.copyBytes(at: 9, count: 0) == [])
        }
        for (offset, count) in [(0, 10), (9, 1), (10, 0), (-1, 1), (0, -1), (Int.max, Int.max), (1, Int.max)] {
            #expect(throws: OutOfBounds(offset: offset, byteCount: count, available: 9)) {
                try Self.withSpan { (span) throws(OutOfBounds) in try span.copyBytes(at: offset, count: count) }
            }
        }
    }

    @Test("an empty span has nothing")
    func empty() {
        let none: [UInt8] = []
        let span = none.span.bytes
        #expect(span.loadIfPresent(UInt8.self, at: 0) == nil)
        #expect((try? span.copyBytes(at: 0, count: 0)) == [])
    }
}
