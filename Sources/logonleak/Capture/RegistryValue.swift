/// A value of the registry that prepares a machine for the capture; all are of the form REG_DWORD.
struct RegistryValue {
    /// Key under HKEY_LOCAL_MACHINE.
    let key: String
    let name: String
    let number: UInt32
    /// What it does.
    let purpose: String
    let needsReboot: Bool

    /// Kinds of dump that hold logon sessions.
    enum DumpKind: String, CaseIterable {
        case kernel, automatic, active
    }

    /// Keyboards that can crash the machine on purpose.
    enum Keyboard: String, CaseIterable {
        case ps2, usb
        case hyperV = "hyper-v"

        /// The driver that reads the keyboard.
        var driver: String {
            switch self {
            case .ps2: "i8042prt"
            case .usb: "kbdhid"
            case .hyperV: "hyperkbd"
            }
        }
    }

    /// The values for a choice, in the order in which they are written.
    static func values(dump: DumpKind, keyboards: [Keyboard], nmi: Bool) -> [RegistryValue] {
        [tracking] + dumpType(dump) + keeping + (nmi ? [nmiCrash] : [])
            + Keyboard.allCases.filter(keyboards.contains).map(crashKeys)
    }

    private static let crashControl = #"SYSTEM\CurrentControlSet\Control\CrashControl"#

    private static let tracking = RegistryValue(
        key: #"SYSTEM\CurrentControlSet\Control\Session Manager\Kernel"#, name: "SeTokenLeakDiag", number: 1,
        purpose: "Leak tracking: who makes each token. From build 14393 (Server 2016) on.", needsReboot: true)

    private static func dumpType(_ kind: DumpKind) -> [RegistryValue] {
        func type(_ number: UInt32, _ purpose: String) -> RegistryValue {
            RegistryValue(
                key: crashControl, name: "CrashDumpEnabled", number: number, purpose: purpose, needsReboot: true)
        }
        switch kind {
        case .kernel: return [type(2, "Kernel dump: enough for sessions, tokens and handles.")]
        case .automatic: return [type(7, "Automatic dump: enough for sessions, tokens and handles.")]
        case .active:
            return [
                type(1, "With FilterPages: active dump, which also names user-mode frames."),
                RegistryValue(
                    key: crashControl, name: "FilterPages", number: 1,
                    purpose: "Makes the complete dump an active one.", needsReboot: true),
            ]
        }
    }

    private static let keeping = [
        RegistryValue(
            key: crashControl, name: "AlwaysKeepMemoryDump", number: 1,
            purpose: "Keeps the dump that is there.", needsReboot: false),
        RegistryValue(
            key: crashControl, name: "Overwrite", number: 0,
            purpose: "A second crash does not replace the first dump.", needsReboot: false),
    ]

    private static let nmiCrash = RegistryValue(
        key: crashControl, name: "NMICrashDump", number: 1,
        purpose: "An NMI crashes the machine; needed up to Server 2008 R2 only (key not verified).", needsReboot: true)

    private static func crashKeys(_ keyboard: Keyboard) -> RegistryValue {
        RegistryValue(
            key: "SYSTEM\\CurrentControlSet\\Services\\\(keyboard.driver)\\Parameters",
            name: "CrashOnCtrlScroll", number: 1,
            purpose: "Right Ctrl held and Scroll Lock twice crash the machine (\(keyboard.rawValue)).",
            needsReboot: true)
    }
}
