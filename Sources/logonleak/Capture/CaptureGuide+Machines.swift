/// Captures of a physical machine, by keyboard, board or debugger.
extension CaptureGuide {
    static let crashFile: Fact = #"MEMORY.DMP on the machine itself (by default %SystemRoot%\MEMORY.DMP)."#
    static let crashSettings: Fact = "Dump settings in place: logonleak capture --settings."

    static let physical = CaptureGuide(
        word: "physical", otherWords: ["keyboard", "nmi", "ipmi"],
        summary: "a server or PC: crash by keyboard or by the management board's NMI",
        methods: [
            Method(
                name: "Keyboard",
                before: [
                    crashSettings,
                    #"PS/2: i8042prt\Parameters\CrashOnCtrlScroll = 1, then reboot (--keyboard ps2)."#,
                    #"USB: kbdhid\Parameters\CrashOnCtrlScroll = 1, then reboot (--keyboard usb). Laptops: set both."#,
                    #"Another key pair: Dump1Keys in the key "crashdump" under the keyboard driver's key."#,
                    .unverified("Dump2Key, in the same key, is its second key."),
                ],
                steps: ["Hold the right Ctrl key and press Scroll Lock twice."],
                file: "MEMORY.DMP on the machine, bug check 0xE2.",
                risks: [
                    "The machine goes down; without dump settings there is nothing after it.",
                    "A USB keyboard fails when the USB stack hangs.",
                ]),
            Method(
                name: "NMI from the management board",
                before: [
                    crashSettings, "Up to Server 2008 R2: NMICrashDump = 1 (--nmi). Later: nothing.",
                    "The watchdog (ASR, BMC) must wait longer than the dump takes.",
                ],
                steps: [
                    .unverified(
                        "iLO: Generate NMI; iDRAC: NMI; ipmitool chassis power diag; or the NMI button on the front.")
                ],
                file: "MEMORY.DMP on the machine, bug check 0x80 (NMI_HARDWARE_FAILURE).",
                risks: ["The machine goes down.", "A watchdog may reset it before the dump ends: the file is cut."]),
        ])

    static let debugger = CaptureGuide(
        word: "debugger", otherWords: ["kdnet", "windbg"],
        summary: "an attached kernel debugger",
        methods: [
            Method(
                name: "Kernel debugger",
                before: ["KDNET or another connection is set up."],
                steps: [".dump /f memory.dmp, or /ka, or /k"],
                file: "A dump of type 0xA (/f), 9 (/ka) or 8 (/k) on the debugger's machine.",
                risks: ["Many other readers reject these types."])
        ])
}
