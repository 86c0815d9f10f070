/// Captures that Windows or a program on it makes while it runs.
extension CaptureGuide {
    static let live = CaptureGuide(
        word: "live", otherWords: ["taskmanager", "powershell"],
        summary: "Task Manager or PowerShell: no downtime, consistent; the first choice",
        methods: [
            Method(
                name: "Task Manager",
                before: ["Windows 11 22621.1992 or later, or Server 2025; administrator."],
                steps: [
                    "Task Manager, Details, right click on System, Create live kernel memory dump, Full.",
                    "Options add user pages and hypervisor pages; user pages give names of user-mode stack frames.",
                ],
                file: .unverified(
                    "A live dump (type 6, bug check field 0x161) in a folder under the user's local app data."),
                risks: ["The kind \"kernel stacks\" is useless here: choose Full."]),
            Method(
                name: "PowerShell",
                before: ["Server 2016 or later, also without a cluster; administrator."],
                steps: [
                    .unverified(
                        "Get-StorageSubSystem ... | Get-StorageDiagnosticInfo -DestinationPath FOLDER -IncludeLiveDump")
                ],
                file: "LiveDump.dmp (type 6) in the folder.",
                risks: ["It collects logs as well: mind privacy."]),
            Method(
                name: "Dumps that the system made by itself", before: [],
                steps: [#"Look in %SystemRoot%\LiveKernelReports (WATCHDOG and others)."#],
                file: "Live dumps of type 6, or small ones.",
                risks: ["Often small, and of another day."]),
        ])

    static let liveKD = CaptureGuide(
        word: "livekd", otherWords: ["systeminformer"],
        summary: "Sysinternals LiveKD or System Informer: no downtime",
        methods: [
            Method(
                name: "LiveKD, consistent mirror",
                before: ["Debugging tools and symbols on the machine; administrator."],
                steps: ["livekd -ml -o memory.dmp"],
                file: "memory.dmp, a kernel bitmap dump.",
                risks: [
                    "-m and -o without -ml write a smeared full dump; its lists may be inconsistent.",
                    .unverified("-hv captures a Hyper-V guest from its host."),
                ]),
            Method(
                name: "System Informer",
                before: ["Administrator."],
                steps: [.unverified("Menu: create live dump.")],
                file: "A live dump (type 6).",
                risks: ["Security products may raise an alert."]),
        ])

    static let tools = CaptureGuide(
        word: "notmyfault", summary: "a deliberate crash by a program, no reboot to prepare the program",
        methods: [
            Method(
                name: "Sysinternals NotMyFault",
                before: ["Dump settings in place (logonleak capture --settings); administrator."],
                steps: [.unverified("notmyfaultc64 crash 1")],
                file: .unverified(#"%SystemRoot%\MEMORY.DMP, bug check 0xD1 or so."#),
                risks: ["The machine goes down and restarts."])
        ])

    static let drivers = CaptureGuide(
        word: "drivers", otherWords: ["winpmem", "dumpit"],
        summary: "acquisition drivers: only if nothing else works",
        methods: [
            Method(
                name: "WinPmem, DumpIt, Magnet, FTK, Belkasoft",
                before: ["The driver must be allowed to load; VBS and HVCI may refuse it."],
                steps: [
                    "Prefer DumpIt: it writes a full dump (.dmp). WinPmem, Magnet, FTK and Belkasoft write raw images."
                ],
                file: "A full dump, or a raw image, which has no header.",
                risks: [
                    "The image is smeared: the machine runs on while it is read.",
                    "WinPmem crashed machines or wrote zeros at times.",
                ])
        ])

    static let hibernation = CaptureGuide(
        word: "hibernation", summary: "hiberfil.sys: partial, format differs by version",
        methods: [
            Method(
                name: "Hibernation",
                before: ["Hibernation is switched on."],
                steps: ["shutdown /h"],
                file: "hiberfil.sys, compressed (Xpress).",
                risks: ["Partial; the format differs by version."])
        ])
}
