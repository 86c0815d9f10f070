import AddressTranslation
import BinaryReading
import DumpForge
import FileMapping
import Foundation
import KernelSymbols
import MemoryImages
import Testing

/// kdmp-parser and this program read the same dumps: header, physical pages, translations.
@Suite("The same as kdmp-parser", .enabled(if: PythonEnvironment.hasKdmpParser))
struct KdmpParserTests {
    private struct Facts: Decodable {
        let type: UInt32
        let dtb: String
        let build: UInt32
        let processors: UInt32
        let bugCheck: UInt32
        let moduleList: String
        let rip: String
        let pages: [String: String]
        let translations: [String: String?]
    }

    @Test(
        "in every dump type",
        arguments: [ForgedDumpType.full, .bitmapFull, .bitmapKernel, .rangeKernel, .rangeUser, .rangeFull])
    func facts(_ type: ForgedDumpType) throws {
        let forged = try ForgedDumps.dump(.init(type: type))
        let truth = forged.truth
        let addresses =
            [truth.dump.kernelBase, 0xFFFF_F780_0000_0000, 0x1000, 0xFFFF_8000_0000_0000] + truth.modules.map(\.base)
            + truth.processes.map(\.address) + truth.tokens.map(\.address) + truth.logonSessions.map(\.address)
        let run = try PythonEnvironment.run(
            script: "kdmp_facts.py", [forged.path] + addresses.map { "0x" + String($0, radix: 16) })
        try #require(run.status == 0, "\(run.errorText)")
        // Before it stand the library's own remarks on addresses that are not mapped.
        let json = try #require(run.text.split(separator: "\n").last { $0.hasPrefix("{") })
        let theirs = try JSONDecoder().decode(Facts.self, from: Data(json.utf8))

        let dump = try CrashDump(file: try MappedFile(path: forged.path))
        #expect(theirs.type == dump.header.dumpType.rawValue)
        #expect(theirs.dtb == truth.dump.directoryTableBase.hexText)
        #expect(theirs.build == dump.header.buildNumber)
        #expect(theirs.processors == dump.header.processorCount)
        #expect(theirs.bugCheck == dump.header.bugCheck?.code)
        #expect(theirs.moduleList == dump.header.loadedModuleList?.rawValue.hexText)
        #expect(theirs.rip == dump.header.context?.rip.hexText)
        try compare(pages: theirs.pages, with: dump)
        try compare(translations: theirs.translations, with: dump)
    }

    /// The same page frames, and in a sample of them the same bytes.
    private func compare(pages theirs: [String: String], with dump: CrashDump) throws {
        let frames = dump.physicalMemory.presentRuns.flatMap { run in
            (0..<run.pageCount).map { (run.firstPage.rawValue + $0).hexText }
        }
        #expect(Set(frames) == Set(theirs.keys))
        let sample = frames.enumerated().filter { $0.offset % 16 == 0 }.map(\.element)
        let pages = try sample.map { frame in
            let number = try #require(UInt64(hexText: frame))
            let offset = try #require(dump.physicalMemory.fileOffset(of: PageFrameNumber(number)))
            return try dump.file.copyBytes(at: offset, count: 0x1000)
        }
        let file = try ForgedDumps.file(pages.flatMap(\.self), "pages")
        let hashes = try PythonEnvironment.run(script: "page_hashes.py", [file])
        #expect(hashes.text.split(separator: "\n").map(String.init) == sample.map { theirs[$0] ?? "" })
    }

    private func compare(translations theirs: [String: String?], with dump: CrashDump) throws {
        let space = try Kernel(in: dump).addressSpace
        for (text, physical) in theirs {
            let address = VirtualAddress(try #require(UInt64(hexText: text)))
            let ours: String? =
                if case .file(_, let page)? = try? space.translate(address) {
                    (page.address.rawValue + UInt64(address.pageOffset)).hexText
                } else {
                    nil
                }
            // It does not follow pages on the standby list; we do.
            if let physical { #expect(ours == physical, "\(text)") }
        }
        let found = theirs.values.count { $0 != nil }
        #expect(found > theirs.count / 2)
    }
}
