import FileMapping
import Foundation
import KernelProfiles
import KernelSymbols
import ProgramDatabases
import Testing

/// The kernel-scale PDB of the corpus holds what the built-in profile of the same kernel was made from.
@Suite("PDBs as profiles", .enabled(if: SharedDatabases.isAvailable))
struct DatabaseProfileTests {
    private struct Both {
        let database: ProgramDatabase
        let builtIn: KernelProfile
        let fromFile: KernelProfile
        let cached: KernelProfile
    }

    private static let both = Result<Both, any Error> {
        let database = try ProgramDatabase(path: try SharedDatabases.kernel())
        let entry = try #require(ProfileCacheEntry.bytes(of: database))
        return Both(
            database: database, builtIn: try #require(BuiltInProfiles.profile(version: "10.0.17763.5933")),
            fromFile: try KernelProfile(programDatabase: database),
            cached: try #require(KernelProfile(cacheEntry: MappedFile(bytes: entry), of: database)))
    }

    @Test("identity, version, mask") func identity() throws {
        let both = try Self.both.get()
        for profile in [both.fromFile, both.cached] {
            #expect(profile.identity?.guid == both.builtIn.identity?.guid)
            #expect(profile.identity?.age == both.builtIn.identity?.age)
            #expect(profile.version == both.builtIn.version && profile.build == both.builtIn.build)
            #expect(profile.invalidPTEMask == both.builtIn.invalidPTEMask)
        }
    }

    @Test("every structure: names, offsets, sizes, bits") func structures() throws {
        let both = try Self.both.get()
        for name in both.builtIn.structureNames where !name.hasPrefix("_anon_") {
            let expected = try #require(both.builtIn.structure(named: name))
            let found = try #require(both.fromFile.structure(named: name), "\(name)")
            #expect(found.byteCount == expected.byteCount && found.kind == expected.kind, "\(name)")
            #expect(both.cached.structure(named: name) == found, "\(name)")
            for field in expected.fields {
                // Names occur twice where structures are nested without a name.
                let same = found.fields.filter { $0.name == field.name && $0.offset == field.offset }
                #expect(same.contains { $0.byteCount == field.byteCount && $0.bitField == field.bitField }, "\(name)")
            }
            if !expected.isPartial { #expect(found.fields.count == expected.fields.count, "\(name)") }
        }
    }

    @Test("every enumeration") func enumerations() throws {
        let both = try Self.both.get()
        for name in both.builtIn.enumerationNames where !name.hasPrefix("_anon_") {
            let expected = try #require(both.builtIn.enumeration(named: name))
            let found = try #require(both.fromFile.enumeration(named: name), "\(name)")
            #expect(found.byteCount == expected.byteCount, "\(name)")
            #expect(Set(found.members) == Set(expected.members), "\(name)")
            #expect(both.cached.enumeration(named: name) == found, "\(name)")
        }
    }

    @Test("every data symbol, and a name for addresses in functions") func symbols() throws {
        let both = try Self.both.get()
        for name in both.builtIn.symbolNames {
            #expect(both.fromFile.symbol(named: name)?.rva == both.builtIn.symbol(named: name)?.rva, "\(name)")
            #expect(both.cached.symbol(named: name) == both.fromFile.symbol(named: name), "\(name)")
        }
        let functions = both.builtIn.functions
        for (place, function) in functions.enumerated() where place % 11 == 0 {
            let rva = function.rva + function.extent / 2
            let expected = try #require(both.builtIn.function(containing: rva))
            let found = both.fromFile.function(containing: rva)
            #expect(both.cached.function(containing: rva) == found, "\(expected.name)")
            // The built-in profile takes variables for functions where their names begin like those of functions.
            let nearest = both.database.nearestSymbols(to: rva)
            guard nearest.contains(where: \.isCode) else {
                #expect(found == nil && nearest.contains { $0.name == expected.name }, "\(expected.name)")
                continue
            }
            #expect(found?.rva == expected.rva && found?.extent == expected.extent, "\(expected.name)")
            // The built-in profile knows fewer of the names that share a start.
            if found?.name != expected.name {
                #expect(nearest.contains { $0.name == expected.name }, "\(expected.name)")
            }
            #expect(both.cached.function(named: function.name) == both.fromFile.function(named: function.name))
        }
    }

    @Test("what was kept is what the PDB has") func kept() throws {
        let both = try Self.both.get()
        #expect(both.cached.structureNames == both.fromFile.structureNames)
        #expect(both.cached.enumerationNames == both.fromFile.enumerationNames)
        #expect(both.cached.symbolNames == both.fromFile.symbolNames)
        #expect(both.cached.functions == both.fromFile.functions)
        // 1,501 structures, 247 of them without a name (`kernel.json` of the corpus).
        #expect(both.fromFile.structureNames.count == 1_254)
        let process = try #require(both.cached.structure(named: "_EPROCESS"))
        guard case .structure(let name)? = process["MitigationFlagsValues"]?.type else {
            Issue.record("MitigationFlagsValues is no structure")
            return
        }
        #expect(name == "__unnamed_13fb")
        #expect(both.cached.structure(named: name) == both.fromFile.structure(named: name))
        #expect(both.cached.structure(named: name)?["DisableDynamicCode"]?.bitField?.position == 8)
    }

    @Test("an entry that does not fit is none") func damagedEntries() throws {
        let both = try Self.both.get()
        let entry = try #require(ProfileCacheEntry.bytes(of: both.database))
        func opens(_ bytes: [UInt8], _ database: ProgramDatabase) -> Bool {
            KernelProfile(cacheEntry: MappedFile(bytes: bytes), of: database) != nil
        }
        #expect(opens(entry, both.database))
        for position in [0, 8, 16, 24, 40, 52, 64, 68, entry.count / 3, entry.count - 1] {
            var spoilt = entry
            spoilt[position] ^= 0x10
            #expect(!opens(spoilt, both.database), "\(position)")
        }
        for length in [0, 7, 23, 67, 68, entry.count - 1] {
            #expect(!opens(Array(entry.prefix(length)), both.database))
        }
        let other = try ProgramDatabase(path: SharedDatabases.folder.appending(path: "corpus/driver.pdb").path)
        #expect(!opens(entry, other))
    }

    @Test("a PDB without types or addresses is no profile; a damaged one is not kept") func unusable() throws {
        for name in ["corpus/notypes.pdb", "corpus/yaml.pdb", "corpus/nodbi.pdb"] {
            let database = try ProgramDatabase(path: SharedDatabases.folder.appending(path: name).path)
            #expect(throws: SymbolLoadingError.self, "\(name)") { try KernelProfile(programDatabase: database) }
        }
        let damaged = SharedDatabases.folder.appending(path: "bad/publics-hash-outside.pdb").path
        #expect(ProfileCacheEntry.bytes(of: try ProgramDatabase(path: damaged)) == nil)
    }
}
