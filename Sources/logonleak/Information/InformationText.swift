import LeakReports

extension InformationReport {
    /// A size for people: `41.0 MB (41,041,920 bytes)`.
    static func byteText(_ byteCount: Int) -> String {
        for (unit, size) in [("GB", 1_000_000_000), ("MB", 1_000_000), ("KB", 1000)] where byteCount >= size {
            return "\(byteCount / size).\(byteCount % size * 10 / size) \(unit) (\(byteCount) bytes)"
        }
        return "\(byteCount) bytes"
    }

    /// Time since boot for people: `3 d 4 h 12 min`.
    static func durationText(_ seconds: UInt64) -> String {
        let parts = [(seconds / 86_400, "d"), (seconds / 3600 % 24, "h"), (seconds / 60 % 60, "min")]
        let shown = parts.drop { $0.0 == 0 }
        return shown.isEmpty ? "\(seconds) s" : shown.map { "\($0.0) \($0.1)" }.joined(separator: " ")
    }

    /// What `ProductType` stands for.
    static func productText(_ number: UInt32) -> String {
        switch number {
        case 1: "workstation"
        case 2: "domain controller"
        case 3: "server"
        default: "unknown (\(number))"
        }
    }
}

/// Names of the bug checks that dumps are usually of (from the public reference of bug checks).
enum BugCheckNames {
    static func name(of code: UInt32) -> String? { names[code] }

    private static let names: [UInt32: String] = [
        0x0A: "IRQL_NOT_LESS_OR_EQUAL", 0x19: "BAD_POOL_HEADER", 0x1A: "MEMORY_MANAGEMENT",
        0x1E: "KMODE_EXCEPTION_NOT_HANDLED", 0x24: "NTFS_FILE_SYSTEM", 0x2E: "DATA_BUS_ERROR",
        0x3B: "SYSTEM_SERVICE_EXCEPTION", 0x3F: "NO_MORE_SYSTEM_PTES", 0x50: "PAGE_FAULT_IN_NONPAGED_AREA",
        0x7A: "KERNEL_DATA_INPAGE_ERROR", 0x7E: "SYSTEM_THREAD_EXCEPTION_NOT_HANDLED",
        0x7F: "UNEXPECTED_KERNEL_MODE_TRAP",
        0x80: "NMI_HARDWARE_FAILURE", 0x9F: "DRIVER_POWER_STATE_FAILURE", 0xA0: "INTERNAL_POWER_ERROR",
        0xBE: "ATTEMPTED_WRITE_TO_READONLY_MEMORY", 0xC2: "BAD_POOL_CALLER", 0xC4: "DRIVER_VERIFIER_DETECTED_VIOLATION",
        0xC5: "DRIVER_CORRUPTED_EXPOOL", 0xD1: "DRIVER_IRQL_NOT_LESS_OR_EQUAL", 0xE2: "MANUALLY_INITIATED_CRASH",
        0xEF: "CRITICAL_PROCESS_DIED", 0xF4: "CRITICAL_OBJECT_TERMINATION", 0xF7: "DRIVER_OVERRAN_STACK_BUFFER",
        0x101: "CLOCK_WATCHDOG_TIMEOUT", 0x109: "CRITICAL_STRUCTURE_CORRUPTION", 0x116: "VIDEO_TDR_FAILURE",
        0x124: "WHEA_UNCORRECTABLE_ERROR", 0x133: "DPC_WATCHDOG_VIOLATION", 0x139: "KERNEL_SECURITY_CHECK_FAILURE",
        0x154: "UNEXPECTED_STORE_EXCEPTION", 0x161: "LIVE_SYSTEM_DUMP", 0x18B: "SECURE_KERNEL_ERROR",
        0x1000_007E: "SYSTEM_THREAD_EXCEPTION_NOT_HANDLED_M", 0xDEAD_DEAD: "MANUALLY_INITIATED_CRASH1",
    ]
}
