/// What a dump was asked to hold: `DumpType` of its header.
public struct DumpType: RawRepresentable, Hashable, Sendable, CustomStringConvertible {
    /// The number in the header.
    public let rawValue: UInt32

    /// Any number; those that are not named below are unknown.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// All physical memory, as runs.
    public static let full = DumpType(rawValue: 1)
    /// Kernel memory, with the bitmap header from before Windows 8.
    public static let summary = DumpType(rawValue: 2)
    /// The header alone.
    public static let headerOnly = DumpType(rawValue: 3)
    /// A small dump ("minidump"): no physical memory.
    public static let triage = DumpType(rawValue: 4)
    /// An active memory dump, or a complete one of Windows 8 and later.
    public static let bitmapFull = DumpType(rawValue: 5)
    /// A kernel, automatic or live dump of Windows 8 and later.
    public static let bitmapKernel = DumpType(rawValue: 6)
    /// The policy "automatic"; its dumps are written as `bitmapKernel`.
    public static let automatic = DumpType(rawValue: 7)
    /// `.dump /k` of a debugger.
    public static let rangeKernel = DumpType(rawValue: 8)
    /// `.dump /ka` of a debugger.
    public static let rangeKernelAndUser = DumpType(rawValue: 9)
    /// `.dump /f` of a debugger.
    public static let rangeComplete = DumpType(rawValue: 10)

    /// Words for people: `active memory or complete`.
    public var description: String {
        switch self {
        case .full: "complete memory"
        case .summary: "kernel memory (before Windows 8)"
        case .headerOnly: "header only"
        case .triage: "triage"
        case .bitmapFull: "active or complete memory"
        case .bitmapKernel: "kernel, automatic or live"
        case .automatic: "automatic"
        case .rangeKernel: "kernel memory by a debugger"
        case .rangeKernelAndUser: "kernel and user memory by a debugger"
        case .rangeComplete: "complete memory by a debugger"
        default: "unknown type \(rawValue)"
        }
    }
}

/// The processor architecture that a dump's header names.
public enum MachineType: Hashable, Sendable, CustomStringConvertible {
    /// 64-bit x86, the one that can be analysed.
    case amd64
    /// 64-bit ARM.
    case arm64
    /// 32-bit x86.
    case i386
    /// Itanium.
    case ia64
    /// A number that names no machine known here.
    case other(UInt32)

    /// The machine of an `IMAGE_FILE_MACHINE_…` number.
    public init(rawValue: UInt32) {
        self =
            switch rawValue {
            case 0x8664: .amd64
            case 0xAA64: .arm64
            case 0x014C: .i386
            case 0x0200: .ia64
            default: .other(rawValue)
            }
    }

    /// The machine's usual name.
    public var description: String {
        switch self {
        case .amd64: "x64"
        case .arm64: "ARM64"
        case .i386: "x86"
        case .ia64: "Itanium"
        case .other(let number): "machine type 0x" + String(number, radix: 16)
        }
    }
}

/// Bits of `Attributes` in a dump's header (formats.md §1.4).
public struct DumpAttributes: OptionSet, Hashable, Sendable {
    /// The bits as they are in the header.
    public let rawValue: UInt32

    /// Makes a set of bits.
    public init(rawValue: UInt32) { self.rawValue = rawValue }

    /// The crash came while the system was going into hibernation.
    public static let hibernationCrash = DumpAttributes(rawValue: 1 << 0)
    /// The dump file or page file was too small: the dump is incomplete.
    public static let insufficientDumpFileSize = DumpAttributes(rawValue: 1 << 2)
    /// The kernel itself made a triage dump.
    public static let kernelGeneratedTriageDump = DumpAttributes(rawValue: 1 << 3)
    /// A live dump: the system went on running.
    public static let liveDump = DumpAttributes(rawValue: 1 << 4)
    /// Made offline, from another dump or a page file.
    public static let generatedOffline = DumpAttributes(rawValue: 1 << 5)
    /// Pages were filtered as for an active memory dump.
    public static let filtered = DumpAttributes(rawValue: 1 << 6)
    /// The crash came early in the boot.
    public static let earlyBootCrash = DumpAttributes(rawValue: 1 << 7)
    /// The pages are encrypted.
    public static let encrypted = DumpAttributes(rawValue: 1 << 8)
    /// The dump was encrypted once and is plain now.
    public static let decrypted = DumpAttributes(rawValue: 1 << 9)
    /// Virtualization-based security was on.
    public static let virtualizationBasedSecurity = DumpAttributes(rawValue: 1 << 11)
}
