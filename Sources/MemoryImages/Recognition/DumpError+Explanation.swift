import BinaryReading

extension DumpError: CustomStringConvertible {
    /// The three parts of the error, each a sentence or two for people.
    public var description: String { [summary, found, advice].filter { !$0.isEmpty }.joined(separator: "\n  ") }

    /// What the file is, and so why it cannot be analysed.
    public var summary: String {
        switch reason {
        case .otherFormat(let format): "\(fileName) is \(format.noun): \(format.obstacle)."
        case .tooShort(let needed):
            "\(fileName) is too short: it has \(byteCount) bytes, the header alone would have \(needed)."
        case .triageDump:
            "\(fileName) is a triage dump (64-bit, \(sizeText)): it holds no logon sessions."
        case .headerOnly: "\(fileName) is a dump's header without any memory: it holds no logon sessions."
        case .kernelDump32: "\(fileName) is a kernel dump of a 32-bit system (\(sizeText)): only 64-bit ones are read."
        case .otherMachine(let header):
            "\(fileName) is a kernel dump of another processor (\(header.machine)): only x64 is read."
        case .encrypted:
            "\(fileName) is an encrypted kernel dump (\(sizeText)): its pages cannot be read without the key."
        case .unknownType(let header):
            "\(fileName) is a kernel dump of a type that is not known (\(header.dumpType.rawValue))."
        case .pageListDamaged(let header):
            "\(fileName) is a kernel dump (\(header.dumpType)) whose list of pages cannot be read."
        }
    }

    /// What was found in the file; empty where the summary says it all.
    public var found: String {
        switch reason {
        case .otherFormat(let format): format.found
        case .tooShort: "The file was cut short, or its copying was broken off."
        case .kernelDump32(let header):
            "\(Self.facts(header.bugCheck, header.buildNumber, header.systemTime)) \(infoHint)"
        case .encrypted(let header):
            // The number is at the build's place: in this header it is the size of what precedes the real one.
            "A secure header of \(header.buildNumber) bytes precedes the encrypted one."
        case .triageDump, .headerOnly, .otherMachine, .unknownType, .pageListDamaged:
            header.map { "\(Self.facts($0.bugCheck, $0.buildNumber, $0.systemTime)) \(infoHint)" } ?? ""
        }
    }

    /// What the user can do.
    public var advice: String {
        switch reason {
        case .otherFormat(let format): format.advice
        case .tooShort, .pageListDamaged: "Copy the file again, or \(Self.captureHint)"
        case .triageDump, .headerOnly, .unknownType: "To \(Self.captureHint)"
        case .kernelDump32, .otherMachine: "Open it with WinDbg on Windows."
        case .encrypted:
            "Decrypt it with the private key of the certificate that the system was set up with (dump encryption), "
                + "then open the decrypted file."
        }
    }

    private var infoHint: String { "`logonleak info \(fileName)` shows what it has." }

    private static let captureHint = "capture one that can be analysed: logonleak capture"

    private static func facts(_ bugCheck: BugCheck?, _ build: UInt32, _ time: FileTime?) -> String {
        let stop = bugCheck.map { "Bug check \($0.code.hexText)" } ?? "No bug check"
        return "\(stop) on build \(build)" + (time.map { ", \($0.minuteText)" } ?? "") + "."
    }

    /// The file's size for people: `1.1 MB`.
    private var sizeText: String {
        for (unit, size) in [("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1000)] where byteCount >= size {
            return "\(byteCount / size).\(byteCount % size * 10 / size) \(unit)"
        }
        return "\(byteCount) bytes"
    }
}

extension ImageFormat {
    /// The format with its article.
    var noun: String {
        switch self {
        case .kernelDump: "a 64-bit kernel dump"
        case .kernelDump32: "a 32-bit kernel dump"
        case .damagedKernelDump: "a damaged kernel dump, or none"
        case .userMinidump: "a dump of one process (minidump)"
        case .userDump: "an old dump of one process"
        case .elfCore: "an ELF core file (QEMU, libvirt or VirtualBox)"
        case .lime: "a LiME memory image"
        case .linuxKdump: "a compressed kdump file"
        case .vmwareState: "a VMware snapshot or suspended state"
        case .hibernationFile: "a hibernation file"
        case .qemuSavedState: "a saved QEMU machine"
        case .compressed(let packing): "a packed file (\(packing))"
        case .blankHeader: "a dump without a header, or raw memory"
        case .text: "a text file"
        case .unknown: "no file of a known format"
        }
    }

    /// Why it cannot be analysed.
    var obstacle: String {
        switch self {
        case .kernelDump, .kernelDump32: "its header cannot be read"
        case .damagedKernelDump: "its signature is not a dump's"
        case .userMinidump, .userDump: "it holds nothing of the kernel, where logon sessions are"
        case .elfCore, .lime, .vmwareState: "this format is not yet supported"
        case .linuxKdump, .qemuSavedState: "this format is not supported"
        case .hibernationFile: "its memory is compressed in a way that is not read"
        case .compressed: "it must be unpacked first"
        case .blankHeader: "what it holds cannot be told, and raw memory is not yet supported"
        case .text: "it holds no memory"
        case .unknown: "it has no dump's signature, and raw memory is not yet supported"
        }
    }

    /// What was found at the file's start.
    var found: String {
        switch self {
        case .damagedKernelDump(let word):
            "It begins with PAGE (0x45474150), but the next word is \(word.hexText) instead of DU64 or DUMP."
        case .blankHeader:
            "Its first eight bytes are zero. A live dump's header is written last: this one may have been broken off."
        case .unknown: "Its first bytes are those of no format that this program knows by name."
        default: ""
        }
    }

    /// What the user can do.
    var advice: String {
        let capture = "capture a kernel dump: logonleak capture"
        switch self {
        case .elfCore: return "With QEMU, write a Windows dump: `dump-guest-memory -w FILE`; or \(capture)"
        case .linuxKdump:
            return "Let the host write a Windows dump instead (`dump-guest-memory -w FILE` in QEMU); or \(capture)"
        case .qemuSavedState:
            return "Resume the machine and let QEMU write a Windows dump: `dump-guest-memory -w FILE`; or \(capture)"
        case .vmwareState: return "Convert it on the host with vmss2core (option -W8), which writes a Windows dump."
        case .lime: return "Take the image again as a Windows dump, or \(capture)"
        case .hibernationFile: return "Resume the system and \(capture)"
        case .compressed: return "Unpack it and open what was in it."
        case .userMinidump, .userDump: return "To \(capture)"
        case .kernelDump, .kernelDump32, .damagedKernelDump: return "Copy the file again, or \(capture)"
        case .blankHeader, .text, .unknown: return "Name the dump itself, often C:\\Windows\\MEMORY.DMP, or \(capture)"
        }
    }
}
