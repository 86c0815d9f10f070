import BinaryReading
import FileMapping

/// The registers of the processor that wrote the dump: the AMD64 `CONTEXT` record (formats.md §1.5). It has no control
/// registers.
public struct ProcessorContext: Hashable, Sendable {
    /// Which parts of the record its writer filled in.
    public let flags: UInt32
    /// Names of the general registers, in the order of `generalRegisters`.
    public static let generalRegisterNames = [
        "rax", "rcx", "rdx", "rbx", "rsp", "rbp", "rsi", "rdi", "r8", "r9", "r10", "r11", "r12", "r13", "r14", "r15",
    ]
    /// The sixteen general registers.
    public let generalRegisters: [UInt64]
    /// The instruction pointer.
    public let rip: UInt64
    /// The processor's flags.
    public let eflags: UInt32
    /// Names of the segment registers, in the order of `segmentSelectors`.
    public static let segmentNames = ["cs", "ds", "es", "fs", "gs", "ss"]
    /// The six segment selectors.
    public let segmentSelectors: [UInt16]

    /// The stack pointer.
    public var rsp: UInt64 { generalRegisters[4] }

    /// Reads the record at an offset; nil where there is none: `ContextFlags` does not say AMD64, as in a record that
    /// was left zeroed.
    init?(file: MappedFile, at offset: Int) {
        guard let flags: UInt32 = file.loadIfPresent(at: offset + 0x30), flags & 0x10_0000 != 0,
            flags != HeaderFields.fill32, let rip: UInt64 = file.loadIfPresent(at: offset + 0xF8),
            let eflags: UInt32 = file.loadIfPresent(at: offset + 0x44)
        else { return nil }
        self.flags = flags
        self.rip = rip
        self.eflags = eflags
        generalRegisters = (0..<16).map { file.loadIfPresent(at: offset + 0x78 + 8 * $0) ?? 0 }
        segmentSelectors = (0..<6).map { file.loadIfPresent(at: offset + 0x38 + 2 * $0) ?? 0 }
    }
}

/// The exception that a dump was taken for: `EXCEPTION_RECORD64`.
public struct ExceptionRecord: Hashable, Sendable {
    /// `ExceptionCode`; 0x80000003 is also what a writer presets when there was none.
    public let code: UInt32
    /// `ExceptionFlags`.
    public let flags: UInt32
    /// Where it happened.
    public let address: UInt64
    /// `ExceptionInformation`, as many as the record says, at most 15.
    public let information: [UInt64]

    /// Reads the record at an offset; nil where it was not set.
    init?(file: MappedFile, at offset: Int) {
        let fields = HeaderFields(file: file)
        guard let code = fields.word(at: offset), code != 0, let flags: UInt32 = file.loadIfPresent(at: offset + 4),
            let address: UInt64 = file.loadIfPresent(at: offset + 0x10)
        else { return nil }
        self.code = code
        self.flags = flags
        self.address = address
        let count = Int(Swift.min(fields.word(at: offset + 0x18) ?? 0, 15))
        information = (0..<count).compactMap { file.loadIfPresent(at: offset + 0x20 + 8 * $0) }
    }
}

/// Why a system stopped, or what a live dump was made for.
public struct BugCheck: Hashable, Sendable {
    /// `BugCheckCode`.
    public let code: UInt32
    /// The four parameters; their meaning depends on the code.
    public let parameters: [UInt64]

    /// Makes a bug check of its code and parameters.
    public init(code: UInt32, parameters: [UInt64]) {
        self.code = code
        self.parameters = parameters
    }
}
