/// The functions of an image other than the kernel: what it exports, and what it keeps to itself.
struct ModuleCode {
    /// A function.
    struct Function {
        let range: Range<UInt32>
        /// The exported name; nil for a function that the image keeps to itself.
        let name: String?
        /// Whether it has no entry in the table of functions, as the stubs of system calls.
        var isStub = false
    }

    let functions: [Function]
    /// What is exported by another image's name.
    var forwarded: [(name: String, to: String)] = []
    /// The function without a name that is exported by number; exports are numbered by name first.
    var ordinalOnly: Range<UInt32>?

    /// The exports of the image.
    var exports: [PortableExecutable.Export] {
        functions.compactMap { function in
            function.name.map { .init(name: $0, rva: function.range.lowerBound) }
        } + forwarded.map { .init(name: $0.name, forwarder: $0.to) }
            + (ordinalOnly.map { [.init(rva: $0.lowerBound)] } ?? [])
    }

    /// The table of functions, by address.
    var table: [Range<UInt32>] {
        (functions.filter { !$0.isStub }.map(\.range) + (ordinalOnly.map { [$0] } ?? []))
            .sorted { $0.lowerBound < $1.lowerBound }
    }

    /// `QuerySecurityContextToken+0x12`, or nil where a reader of the image cannot know a name.
    func name(of rva: UInt32) -> String? {
        if let range = ordinalOnly, range.contains(rva) {
            let number = exports.count
            return Self.text("Ordinal\(number)", rva - range.lowerBound)
        }
        guard let function = functions.first(where: { $0.range.contains(rva) }), let name = function.name else {
            return nil
        }
        return Self.text(name, rva - function.range.lowerBound)
    }

    private static func text(_ name: String, _ displacement: UInt32) -> String {
        displacement == 0 ? name : "\(name)+0x\(String(displacement, radix: 16))"
    }

    /// Drivers that a client's token is copied by, by file name.
    static let drivers: [String: ModuleCode] = [
        "ksecdd.sys": ModuleCode(
            functions: [
                Function(range: 0x1100..<0x1240, name: "QuerySecurityContextToken"),
                Function(range: 0x1240..<0x1500, name: nil),
                Function(range: 0x1500..<0x1580, name: "AcceptSecurityContext"),
            ], forwarded: [("BCryptOpenAlgorithmProvider", "cng.BCryptOpenAlgorithmProvider")]),
        "netio.sys": ModuleCode(
            functions: [Function(range: 0x1100..<0x1180, name: "WskCaptureProviderNPI")],
            ordinalOnly: 0x2000..<0x2100),
        "srv2.sys": ModuleCode(functions: [Function(range: 0x1100..<0x1800, name: nil)]),
    ]

    /// The library through which every process calls the kernel.
    static let systemLibrary = ModuleCode(functions: [
        Function(range: 0x1040..<0x1060, name: "NtDuplicateToken", isStub: true),
        Function(range: 0x1060..<0x1080, name: "NtFilterToken", isStub: true),
        Function(range: 0x2000..<0x2100, name: "RtlUserThreadStart"),
        Function(range: 0x2100..<0x5000, name: nil),
        Function(range: 0x5000..<0x5300, name: "TpCallbackIndependent"),
    ])

    /// The second page of the system library: `mov r10, rcx; mov eax, n; syscall; ret` for each stub.
    static var systemLibraryCode: [UInt8] {
        var bytes = [UInt8](repeating: 0xCC, count: 4096)
        for (number, function) in systemLibrary.functions.filter(\.isStub).enumerated() {
            let start = Int(function.range.lowerBound) - 0x1000
            let code: [UInt8] = [0x4C, 0x8B, 0xD1, 0xB8, UInt8(0x40 + number), 0, 0, 0, 0x0F, 0x05, 0xC3]
            bytes.replaceSubrange(start..<(start + code.count), with: code)
        }
        return bytes
    }
}
