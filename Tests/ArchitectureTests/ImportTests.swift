import Foundation
import Testing

/// The rooms of the house and what each may import of ours (DESIGN §5; CONTRIBUTING draws the map). The build itself does not check this.
private let rooms: [String: Set<String>] = {
    let facts: Set = [
        "BinaryReading", "FileMapping", "MemoryImages", "AddressTranslation", "CKernelProfiles", "KernelProfiles",
        "ProgramDatabases",
    ]
    var rooms: [String: Set<String>] = [
        "BinaryReading": [],
        "FileMapping": ["BinaryReading"],
        "CKernelProfiles": [],
        "KernelProfiles": ["BinaryReading", "FileMapping", "CKernelProfiles"],
        "ProgramDatabases": ["BinaryReading", "FileMapping"],
        "MemoryImages": ["BinaryReading", "FileMapping"],
        "AddressTranslation": ["BinaryReading", "MemoryImages"],
        "KernelSymbols": facts,
        // `MemoryImages` and `FileMapping` for what a dump's header and the copies in a triage dump state; the arrows still point down.
        "KernelObjects": facts.subtracting(["CKernelProfiles", "ProgramDatabases"]).union(["KernelSymbols"]),
        "LeakAnalysis": ["BinaryReading", "KernelObjects"],
        "LeakReports": ["BinaryReading", "KernelObjects", "LeakAnalysis"],
        "DebuggerShell": facts.subtracting(["CKernelProfiles"]).union([
            "KernelSymbols", "KernelObjects", "LeakAnalysis", "LeakReports",
        ]),
        "DumpForge": ["BinaryReading", "KernelProfiles"],
        "generate-profiles": ["BinaryReading", "KernelProfiles"],
    ]
    let all = Set(rooms.keys)
    rooms["measure-pool-scan"] = ["FileMapping", "MemoryImages", "KernelSymbols", "KernelObjects"]
    rooms["logonleak"] = all
    rooms["mutate-dumps"] = all
    return rooms
}()

/// Libraries of the system, and the one room that may use each.
private let systemLibraries = ["CLZMA": "KernelProfiles", "CCapstone": "DebuggerShell"]

private struct ImportLine {
    let file: String
    let module: String
}

/// All import lines of a room's Swift files.
private func importLines(in room: String) throws -> [ImportLine] {
    let folder = PackageFolder.root.appending(path: "Sources/\(room)")
    let files =
        FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)?.compactMap { $0 as? URL } ?? []
    let pattern =
        /\s*(?:@\w+ )*(?:(?:public|package|internal|private) )?import (?:(?:struct|class|enum|func|protocol) )?(\w+).*/
    return try files.filter { $0.pathExtension == "swift" }.flatMap { file in
        try String(contentsOf: file, encoding: .utf8).split(separator: "\n").compactMap { line in
            line.wholeMatch(of: pattern).map { ImportLine(file: file.lastPathComponent, module: String($0.1)) }
        }
    }
}

@Test("imports only point down", arguments: rooms.keys.sorted())
func imports(of room: String) throws {
    let allowed = try #require(rooms[room])
    for line in try importLines(in: room) where rooms[line.module] != nil || systemLibraries[line.module] != nil {
        let isOwnLibrary = systemLibraries[line.module] == room
        #expect(allowed.contains(line.module) || isOwnLibrary, "\(room)/\(line.file) imports \(line.module)")
    }
}

@Test("every folder of Sources is a room")
func everyFolderIsKnown() throws {
    let folders = try FileManager.default.contentsOfDirectory(
        atPath: PackageFolder.root.appending(path: "Sources").path)
    for folder in folders where systemLibraries[folder] == nil {
        #expect(rooms[folder] != nil, "\(folder) is not in the table")
    }
}

@Test("no room reaches for the whole of Foundation where its essentials can be had", arguments: rooms.keys.sorted())
func noFoundation(in room: String) throws {
    let lines = try importLines(in: room)
    let filesWithEssentials = Set(lines.filter { $0.module == "FoundationEssentials" }.map(\.file))
    for line in lines where line.module == "Foundation" {
        #expect(filesWithEssentials.contains(line.file), "\(room)/\(line.file)")
    }
}

@Test("the library rooms do without Foundation")
func librariesWithoutFoundation() throws {
    for room in rooms.keys.sorted() where room.first?.isUppercase == true {
        for line in try importLines(in: room) { #expect(!line.module.hasPrefix("Foundation"), "\(room)/\(line.file)") }
    }
}
