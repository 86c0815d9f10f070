import AddressTranslation
import BinaryReading
import KernelProfiles

/// Reads `_SEP_TOKEN_DIAG_TRACK_ENTRY`: who made a token (`sessions.md` §5).
struct TokenCreationReading {
    private let layout: Layout
    private let naming: FrameNaming

    /// nil where this kernel cannot record creators.
    init?(_ profile: KernelProfile, naming: FrameNaming) {
        guard let layout = try? Layout(profile) else { return nil }
        self.layout = layout
        self.naming = naming
    }

    /// The entry at an address.
    func creation(at address: VirtualAddress, in memory: VirtualMemory) throws(TranslationError) -> TokenCreation {
        try memory.withBytes(at: address, count: layout.byteCount) { bytes in
            TokenCreation(
                processID: bytes.value(at: layout.processID), threadID: bytes.value(at: layout.threadID),
                imageName: bytes.text(at: layout.imageName, limit: ProcessLayout.imageNameByteCount),
                method: Self.method(bytes.value(at: layout.method)), trace: trace(in: bytes),
                captureCount: bytes.value(at: layout.captureCount))
        }
    }

    private static func method(_ number: UInt32) -> TokenCreation.Method {
        switch number {
        case 12: .create
        case 13: .duplicate
        case 15: .filter
        default: .other(number)
        }
    }

    /// The part of `CreateTrace` that was written when the token was made.
    ///
    /// The kernel stores no length, and builds up to 19045 leave old pool contents behind the frames: kernel frames lie in modules, user
    /// frames follow, and the first word that fits neither ends the trace.
    private func trace(in bytes: RawSpan) -> [VirtualAddress] {
        (0..<traceLength(in: bytes)).map { bytes.address(at: layout.trace + 8 * $0) }
    }

    private func traceLength(in bytes: RawSpan) -> Int {
        var isUserPart = false
        // Frames that follow each other mostly lie in one module.
        var module = VirtualAddress.null..<VirtualAddress.null
        for index in 0..<layout.traceCount {
            let address = bytes.address(at: layout.trace + 8 * index)
            if address.isKernel {
                guard !isUserPart else { return index }
                if !module.contains(address) {
                    guard let range = naming.moduleRange(containing: address) else { return index }
                    module = range
                }
            } else {
                guard Self.isUserCode(address) else { return index }
                isUserPart = true
            }
        }
        return layout.traceCount
    }

    /// Whether an address can be code of a process: above the first 64 KiB, which are never mapped, and canonical.
    private static func isUserCode(_ address: VirtualAddress) -> Bool {
        (0x1_0000..<0x0000_8000_0000_0000).contains(address.rawValue)
    }
}

/// Offsets inside `_SEP_TOKEN_DIAG_TRACK_ENTRY`.
private struct Layout {
    let byteCount: Int
    let processID: Int
    let threadID: Int
    let imageName: Int
    let method: Int
    let trace: Int
    let traceCount: Int
    let captureCount: Int

    init(_ profile: KernelProfile) throws(LayoutError) {
        let fields = try FieldOffsets(of: "_SEP_TOKEN_DIAG_TRACK_ENTRY", in: profile)
        byteCount = fields.layout.byteCount
        processID = try fields.offset("ProcessCid")
        threadID = try fields.offset("ThreadCid")
        imageName = try fields.offset("ImageFileName", byteCount: ProcessLayout.imageNameByteCount)
        method = try fields.offset("CreateMethod", byteCount: 4)
        let traceField = try fields.field("CreateTrace")
        trace = traceField.offset
        traceCount = max(0, min(traceField.byteCount, byteCount - traceField.offset) / 8)
        captureCount = try fields.offset("CaptureCount", byteCount: 4)
    }
}
