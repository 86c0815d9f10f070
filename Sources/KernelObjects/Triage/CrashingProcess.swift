import BinaryReading
import FileMapping
import KernelProfiles
public import MemoryImages

/// The process and thread that a triage dump was written for, from the copies of their objects in it.
///
/// A triage dump does not say which revision of its kernel it is of, so the layouts are those of the nearest built-in one of the same build.
public struct CrashingProcess: Hashable, Sendable {
    /// `UniqueProcessId`.
    public let processID: UInt64
    /// `ImageFileName`, at most 14 characters.
    public let imageName: String
    /// `Cid.UniqueThread` of the thread; nil where the dump has no copy of it.
    public let threadID: UInt64?
    /// Version of the kernel whose layouts were used.
    public let layoutVersion: String

    /// Reads the copies; nil where there are none, where no layouts of the build are built in, or where what is read is no process.
    public init?(in dump: TriageDump) {
        let build = Int(dump.header.buildNumber)
        guard let version = BuiltInProfiles.summaries.last(where: { $0.build == build })?.version,
            let profile = BuiltInProfiles.profile(version: version), let layout = try? ProcessLayout(profile),
            let copy = dump.processCopy, copy.count >= layout.byteCount
        else { return nil }
        let fields = dump.file.withBytes { layout.fields(in: $0.extracting(copy)) }
        guard fields.processID % 4 == 0, fields.processID < 1 << 32, !fields.shortImageName.isEmpty,
            !fields.shortImageName.contains("\u{FFFD}")
        else { return nil }
        processID = fields.processID
        imageName = fields.shortImageName
        layoutVersion = version
        threadID = Self.threadID(in: dump, profile, processID: fields.processID)
    }

    private static func threadID(in dump: TriageDump, _ profile: KernelProfile, processID: UInt64) -> UInt64? {
        guard let layout = try? ThreadLayout(profile), let copy = dump.threadCopy, copy.count >= layout.byteCount else {
            return nil
        }
        let identity = dump.file.withBytes { layout.identity(in: $0.extracting(copy)) }
        return identity.processID == processID ? identity.threadID : nil
    }
}
