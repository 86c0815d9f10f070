import FileMapping
import Foundation
import Testing

/// Files that appear when they are whole, and programs whose output comes to us.
@Suite("Atomic files and programs")
final class AtomicFileTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "logonleak-atomic-\(UUID().uuidString)")
        .path

    deinit { try? FileManager.default.removeItem(atPath: folder) }

    private var names: [String] { Folder.names(in: folder) ?? [] }

    @Test("a file has its name only when it is committed") func commit() throws {
        let file = try AtomicFile(in: folder)
        try file.write([1, 2, 3])
        #expect(names.count == 1)
        #expect(names.allSatisfy { AtomicFile.isTemporary($0) })
        try file.commit(as: folder + "/a/b/name")
        #expect(names == ["a"])
        #expect(try MappedFile(path: folder + "/a/b/name").copyBytes(at: 0, count: 3) == [1, 2, 3])
    }

    @Test("what is not committed is gone") func discarded() throws {
        do {
            let file = try AtomicFile(in: folder)
            try file.write([1])
            let other = try AtomicFile(in: folder)
            #expect(other.temporaryPath != file.temporaryPath)
        }
        #expect(names.isEmpty)
    }

    @Test("begun again, it holds only what came after") func restart() throws {
        let file = try AtomicFile(in: folder)
        try file.write([1, 2, 3, 4])
        try file.restart()
        try file.write([9])
        #expect(file.byteCount == 1)
        try file.commit(as: folder + "/x")
        #expect(try MappedFile(path: folder + "/x").byteCount == 1)
    }

    @Test("a file that is there is replaced") func replaced() throws {
        for byte: UInt8 in [1, 2] {
            let file = try AtomicFile(in: folder)
            try file.write([byte])
            try file.commit(as: folder + "/x")
        }
        #expect(names == ["x"])
        #expect(try MappedFile(path: folder + "/x").load(UInt8.self, at: 0) == 2)
    }

    @Test("where no folder can be, there is an error") func noFolder() throws {
        let file = try AtomicFile(in: folder)
        try file.write([1])
        try file.commit(as: folder + "/x")
        #expect(throws: FileError.self) { try AtomicFile(in: folder + "/x/y") }
    }

    @Test("kinds of paths, and folders above") func paths() throws {
        #expect(PathKind(of: folder) == .absent)
        try Folder.create(folder + "/a/b")
        #expect(PathKind(of: folder + "/a") == .folder)
        #expect(Folder.parent(of: "/a/b/") == "/a")
        #expect(Folder.parent(of: "/a") == "/")
        #expect(Folder.parent(of: "a") == nil)
        #expect(Folder.path("/a/", "b", "c") == "/a/b/c")
    }

    #if !os(Windows)
        @Test("arguments reach a program as they are, and no shell sees them") func arguments() throws {
            let program = try #require(ExternalProgram(named: "no such program", "printf"))
            var output: [UInt8] = []
            let arguments = ["%s|", "a b", "$HOME;*", "\"'", "", "-x"]
            let ending = try program.run(arguments) { piece in
                output += piece
                return true
            }
            #expect(ending == .ended(status: 0))
            #expect(String(decoding: output, as: UTF8.self) == "a b|$HOME;*|\"'||-x|")
        }

        @Test("a program ends when its output is not wanted, and tells its status otherwise") func endings() throws {
            let shell = try #require(ExternalProgram(named: "sh"))
            #expect(try shell.run(["-c", "exit 7"]) { _ in true } == .ended(status: 7))
            #expect(try shell.run(["-c", "kill -9 $$"]) { _ in true } == .ended(status: 137))
            #expect(try shell.run(["-c", "while :; do echo x; done"]) { _ in false } == .stopped)
            #expect(ExternalProgram(named: "no such program") == nil)
        }
    #endif
}
