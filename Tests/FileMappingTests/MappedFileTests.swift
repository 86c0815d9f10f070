import BinaryReading
import FileMapping
import Foundation
import Testing

@Suite("Mapped files")
final class MappedFileTests {
    /// A folder of its own for each test, gone with it.
    private let folder: URL

    init() throws {
        folder = FileManager.default.temporaryDirectory.appending(path: "logonleak-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(at: folder) }

    private func write(_ bytes: [UInt8], as name: String = "file.bin") throws -> String {
        let url = folder.appending(path: name)
        try Data(bytes).write(to: url)
        return url.path
    }

    private func reason(of path: String) -> FileError.Reason? {
        do throws(FileError) {
            _ = try MappedFile(path: path)
            return nil
        } catch {
            #expect(error.path == path)
            #expect(error.description.hasPrefix(path))
            return error.reason
        }
    }

    @Test("a file's bytes, in part and whole")
    func mapped() throws {
        let bytes = (0..<10_000).map { UInt8(truncatingIfNeeded: $0 * 7) }
        let file = try MappedFile(path: write(bytes))
        #expect(file.byteCount == 10_000)
        #expect(file.name == "file.bin")
        #expect(file.withBytes { $0.byteCount } == 10_000)
        #expect(try file.copyBytes(at: 0, count: 10_000) == bytes)
        #expect(try file.copyBytes(at: 9_998, count: 2) == [bytes[9_998], bytes[9_999]])
        #expect(try file.copyBytes(at: 10_000, count: 0) == [])
        #expect(try file.load(UInt8.self, at: 9_999) == bytes[9_999])
    }

    @Test("a file of one byte, and a name outside ASCII")
    func oneByte() throws {
        let file = try MappedFile(path: write([42], as: "Ünïcode dump.dmp"))
        #expect(file.byteCount == 1)
        #expect(file.loadIfPresent(UInt8.self, at: 0) == 42)
        #expect(file.loadIfPresent(UInt16.self, at: 0) == nil)
        #expect(file.name == "Ünïcode dump.dmp")
    }

    @Test("bytes in memory, also none")
    func inMemory() throws {
        let file = MappedFile(bytes: [1, 2, 3, 4, 5, 6, 7, 8, 9])
        #expect(file.path.isEmpty)
        #expect(try file.load(UInt32.self, at: 1) == 0x0504_0302)
        #expect(try file.load(UInt64.self, at: 1) == 0x0908_0706_0504_0302)
        let empty = MappedFile(bytes: [])
        #expect(empty.byteCount == 0)
        #expect(empty.loadIfPresent(UInt8.self, at: 0) == nil)
        #expect(empty.withBytes { $0.byteCount } == 0)
    }

    @Test("reads that do not fit", arguments: [-1, 2, 9, Int.max, Int.max - 7, Int.min])
    func outOfBounds(offset: Int) {
        let file = MappedFile(bytes: [1, 2, 3, 4, 5, 6, 7, 8, 9])
        #expect(file.loadIfPresent(UInt64.self, at: offset) == nil)
        #expect(throws: OutOfBounds(offset: offset, byteCount: 8, available: 9)) {
            try file.load(UInt64.self, at: offset)
        }
        #expect(throws: OutOfBounds(offset: offset, byteCount: 8, available: 9)) {
            try file.copyBytes(at: offset, count: 8)
        }
    }

    @Test("absurd counts", arguments: [-1, 10, Int.max, Int.min])
    func absurdCount(count: Int) {
        let file = MappedFile(bytes: [1, 2, 3, 4, 5, 6, 7, 8, 9])
        #expect(throws: OutOfBounds.self) { try file.copyBytes(at: 0, count: count) }
        #expect(throws: OutOfBounds.self) { try file.copyBytes(at: 9, count: count) }
    }

    @Test("errors of a body keep their type")
    func typedErrors() {
        let file = MappedFile(bytes: [1])
        #expect(throws: OutOfBounds(offset: 0, byteCount: 2, available: 1)) {
            try file.withBytes { (bytes) throws(OutOfBounds) in try bytes.load(UInt16.self, at: 0) }
        }
    }

    @Test("missing, empty, a directory")
    func refused() throws {
        #expect(reason(of: folder.appending(path: "none").path) == .notFound)
        #expect(reason(of: folder.appending(path: "none/none").path) == .notFound)
        #expect(reason(of: "") == .notFound)
        #expect(reason(of: try write([])) == .empty)
        #expect(reason(of: folder.path) == .isDirectory)
        let file = try write([1], as: "plain")
        #expect(reason(of: file + "/below") == .notFound)
    }

    #if !os(Windows)
        @Test("a pipe and a device are refused without waiting for them")
        func notRegular() throws {
            let pipe = folder.appending(path: "pipe").path
            try #require(mkfifo(pipe, 0o600) == 0)
            #expect(reason(of: pipe) == .notRegularFile)
            #expect(reason(of: "/dev/null") == .notRegularFile)
        }

        @Test("no permission", .disabled(if: geteuid() == 0, "the superuser may read everything"))
        func notPermitted() throws {
            let path = try write([1])
            try #require(chmod(path, 0) == 0)
            #expect(reason(of: path) == .notPermitted)
        }

        @Test("other refusals carry the system's words")
        func systemReason() {
            guard case .system(let call, let code, let text) = reason(of: String(repeating: "x", count: 5000)) else {
                Issue.record("another reason")
                return
            }
            #expect(call == "open")
            #expect(code == Int(ENAMETOOLONG))
            #expect(!text.isEmpty)
        }

        @Test("a file of 64 GiB that is mostly a hole opens and is read at its end")
        func sparse() throws {
            let path = try write([1], as: "sparse")
            let size: off_t = 64 << 30
            guard truncate(path, size) == 0 else { return }
            let handle = try FileHandle(forWritingTo: URL(filePath: path))
            try handle.seek(toOffset: UInt64(size) - 8)
            try handle.write(contentsOf: Data([8, 7, 6, 5, 4, 3, 2, 1]))
            try handle.close()
            let file = try MappedFile(path: path)
            #expect(file.byteCount == Int(size))
            #expect(try file.load(UInt64.self, at: Int(size) - 8) == 0x0102_0304_0506_0708)
            #expect(file.loadIfPresent(UInt64.self, at: Int(size) - 7) == nil)
        }
    #endif

    @Test("many threads read one file")
    func concurrentReads() async throws {
        let file = MappedFile(bytes: (0..<4096).map { UInt8(truncatingIfNeeded: $0) })
        let sums = await withTaskGroup(of: Int.self) { group in
            for _ in 0..<8 {
                group.addTask { (0..<4096).reduce(0) { $0 + Int(file.loadIfPresent(UInt8.self, at: $1) ?? 0) } }
            }
            return await group.reduce(into: []) { $0.append($1) }
        }
        #expect(sums == Array(repeating: 16 * (255 * 256 / 2), count: 8))
    }
}
