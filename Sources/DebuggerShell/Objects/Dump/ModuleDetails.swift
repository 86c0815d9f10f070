import BinaryReading
import KernelObjects
import KernelProfiles
import KernelSymbols
import LeakReports

/// What `lm v` prints under a module.
struct ModuleDetails {
    private static let valueColumn = 18
    /// Distances inside an image: where its header stands, and there the checksum.
    private static let headerPlace = 0x3C
    private static let largestHeaderDistance: UInt64 = 0x1000
    private static let checkSumPlace = 0x58

    private let module: Module
    private let session: ShellSession

    init(_ named: SymbolTable.NamedModule, in session: ShellSession) {
        module = named.module
        self.session = session
    }

    /// The lines.
    var lines: [String] {
        let stamp = Self.stamp(of: module).map { "\(Self.timeText($0)) (\($0.paddedHexDigits(8).uppercased()))" }
        return [
            "    Loaded symbol image file: \(module.name.terminalSafe)",
            "    Image path: \((module.path ?? "(cannot be read)").terminalSafe)",
            "    Image name: \(module.name.terminalSafe)",
            row("Timestamp:", stamp ?? "unavailable"),
            row(
                "CheckSum:",
                checkSum.map { $0.paddedHexDigits(8).uppercased() } ?? "(the image's header is not in the dump)"),
            row("ImageSize:", module.byteCount.paddedHexDigits(8).uppercased()),
        ] + kernelLines
    }

    private func row(_ name: String, _ value: String) -> String {
        "    " + name + String(repeating: " ", count: max(1, Self.valueColumn - name.count)) + value
    }

    private var kernelLines: [String] {
        guard module.base == session.kernel.base else { return [] }
        return [row("File version:", session.kernel.profile.version)]
    }

    private var checkSum: UInt64? {
        guard
            let distance = session.loadValue(
                byteCount: 4, at: (module.base + Self.headerPlace).rawValue, isPhysical: false),
            distance <= Self.largestHeaderDistance
        else { return nil }
        let header = module.base + Int(distance)
        // "PE", then two zeros.
        guard session.loadValue(byteCount: 4, at: header.rawValue, isPhysical: false) == 0x4550 else { return nil }
        return session.loadValue(byteCount: 4, at: (header + Self.checkSumPlace).rawValue, isPhysical: false)
    }

    /// The link time, or the hash that reproducible builds have there.
    static func stamp(of module: Module) -> UInt32? { module.timeDateStamp.flatMap { $0 == 0 ? nil : $0 } }

    /// Seconds since 1970 as the debugger writes them.
    static func timeText(_ stamp: UInt32) -> String {
        CalendarText.day(FileTime(UInt64(stamp) * FileTime.unitsPerSecond + 116_444_736_000_000_000))
    }
}
