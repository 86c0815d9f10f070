import BinaryReading
import FileMapping
import Foundation
import MemoryImages
import Testing

/// Dumps that other hands wrote, against what their truth files say of the header.
@Suite("Shared dumps")
struct SharedDumpTests {
    static let names = SharedDumps.names

    @Test(
        "header facts and pages", .enabled(if: SharedDumps.isAvailable, "../shared/dumps or xz is missing"),
        arguments: names)
    func header(name: String) throws {
        let truth = try SharedDumps.truth(of: name)
        let dump = try CrashDump(file: MappedFile(path: SharedDumps.unpacked(name).path))
        let header = dump.header
        #expect(Int(header.dumpType.rawValue) == truth["dumpType"] as? Int)
        #expect(Int(header.buildNumber) == truth["build"] as? Int)
        #expect(header.processorCount.map(Int.init) == truth["processors"] as? Int)
        // The truth writes all seven digits of a second.
        let captured = (truth["captured"] as? String)?.replacing(/0*Z$/, with: "Z")
        #expect(header.systemTime?.description == captured)
        #expect(header.uptimeSeconds.map(Int.init) == truth["uptimeSeconds"] as? Int)
        #expect(header.bugCheck?.code.hexText == truth["bugCheck"] as? String)
        #expect(dump.holdsUserPages == truth["hasUserPages"] as? Bool)

        // The page tables' root is in every dump, whatever its type leaves out.
        let root = try #require((truth["dtb"] as? String).flatMap { UInt64(hexText: $0) })
        #expect(dump.physicalMemory.fileOffset(of: PhysicalAddress(root).page) != nil)
        var count: UInt64 = 0
        for run in dump.physicalMemory.presentRuns {
            count += run.pageCount
            let last = PageFrameNumber(run.firstPage.rawValue + run.pageCount - 1)
            #expect(dump.physicalMemory.fileOffset(of: run.firstPage) == run.fileOffset)
            #expect(
                dump.physicalMemory.fileOffset(of: last)
                    == run.fileOffset + Int(run.pageCount - 1) * pageByteCount)
        }
        #expect(count == dump.physicalMemory.presentPageCount)
        #expect(dump.physicalMemory.presentPageCount == dump.physicalMemory.expectedPageCount)
        if name == "grabber-runs-17134" {
            #expect(
                dump.warnings == [
                    .runListCut(listedPages: dump.physicalMemory.expectedPageCount, totalPages: dump.expectedPageCount)
                ])
        } else {
            #expect(dump.warnings.isEmpty)
        }
    }

    @Test(
        "the kernel's own list of runs, found by its bytes, brings the pages that the header has no room for",
        .enabled(if: SharedDumps.names.contains("grabber-runs-17134") && SharedDumps.isAvailable, "the dump is missing")
    )
    func cutRunList() throws {
        let dump = try CrashDump(file: MappedFile(path: SharedDumps.unpacked("grabber-runs-17134").path))
        let total = try #require(dump.header.physicalMemory?.pageCount)
        let descriptor = stride(from: DumpHeader.byteCount, to: dump.file.byteCount, by: 8).lazy.compactMap { offset in
            dump.file.loadIfPresent(UInt64.self, at: offset + 8) == total
                ? dump.file.withBytes { PhysicalMemoryDescriptor(bytes: $0, at: offset, capacity: 1000) } : nil
        }.first { $0.runs.count == 60 && $0.listedPageCount == total }
        let whole = try dump.extended(withRuns: try #require(descriptor).runs)
        #expect(whole.warnings.isEmpty)
        #expect(whole.physicalMemory.expectedPageCount == total)
        #expect(whole.physicalMemory.presentPageCount == total)
        #expect(whole.expectedPageCount == dump.expectedPageCount)
    }
}

/// The folder of shared dumps beside the package; unpacked once for the whole run.
enum SharedDumps {
    /// `../shared` of the package, or where `LOGONLEAK_SHARED` says that it is.
    static let folder: URL = {
        if let path = ProcessInfo.processInfo.environment["LOGONLEAK_SHARED"] { return URL(filePath: path + "/dumps") }
        return URL(filePath: #filePath).appending(path: "../../../../shared/dumps").standardizedFileURL
    }()

    static let names: [String] = {
        let files = (try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? []
        return files.filter { $0.hasSuffix(".dmp.xz") }.map { String($0.dropLast(7)) }.sorted()
    }()

    static var isAvailable: Bool { !names.isEmpty && xz != nil }

    private static let xz = ["/usr/bin/xz", "/bin/xz", "/usr/local/bin/xz", "/opt/homebrew/bin/xz"].first {
        FileManager.default.isExecutableFile(atPath: $0)
    }

    private static let cache = UnpackedFiles()

    static func truth(of name: String) throws -> [String: Any] {
        let plain = folder.appending(path: name + ".truth.json")
        let url =
            FileManager.default.fileExists(atPath: plain.path)
            ? plain : try cache.unpack(folder.appending(path: name + ".truth.json.xz"))
        let object = try JSONSerialization.jsonObject(with: Data(contentsOf: url)) as? [String: Any]
        return object?["dump"] as? [String: Any] ?? [:]
    }

    static func unpacked(_ name: String) throws -> URL {
        try cache.unpack(folder.appending(path: name + ".dmp.xz"))
    }

    /// Unpacks into a temporary folder that goes with the process.
    final class UnpackedFiles: @unchecked Sendable {
        private let lock = NSLock()
        private let folder = FileManager.default.temporaryDirectory.appending(path: "logonleak-\(UUID().uuidString)")
        private var files: [String: URL] = [:]

        func unpack(_ packed: URL) throws -> URL {
            lock.lock()
            defer { lock.unlock() }
            let name = packed.deletingPathExtension().lastPathComponent
            if let file = files[name] { return file }
            if files.isEmpty {
                try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
                UnpackedFolder.path = folder.path
                atexit { try? FileManager.default.removeItem(atPath: UnpackedFolder.path) }
            }
            let file = folder.appending(path: name)
            _ = FileManager.default.createFile(atPath: file.path, contents: nil)
            let process = Process()
            process.executableURL = SharedDumps.xz.map { URL(filePath: $0) }
            process.arguments = ["-dc", packed.path]
            process.standardOutput = try FileHandle(forWritingTo: file)
            try process.run()
            process.waitUntilExit()
            guard process.terminationStatus == 0 else { throw CocoaError(.fileReadCorruptFile) }
            files[name] = file
            return file
        }
    }

    private enum UnpackedFolder { nonisolated(unsafe) static var path = "" }
}
