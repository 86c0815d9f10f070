/// The decision before a capture, for `logonleak capture` without a platform.
enum CaptureOverview {
    static let title = "How to get a dump that shows leaked logon sessions."

    /// What to do in which situation.
    static let decision: [(key: String, label: String, text: String)] = [
        (
            "leakingAlready", "Leaking already",
            "Do not reboot. Capture now: holders and counts are there, only creators are missing. Then set tracking, "
                + "reboot, and capture again when it leaks."
        ),
        (
            "notYet", "Not leaking yet",
            "Set tracking and dump type (logonleak capture --settings), reboot once, let users log on and off "
                + "(log qwinsta and logonsessions hourly), wait 10 minutes after the last logoff, capture."
        ),
        (
            "dumpKind", "Which dump",
            "A kernel dump, automatic dump or live kernel dump is enough. An active or complete dump also names "
                + "user-mode frames and services. A small dump or a dump of one process holds no logon sessions."
        ),
        (
            "order", "Which way first",
            "1 live kernel dump; 2 VM snapshot with memory; 3 dump-guest-memory -w (KVM); 4 crash by NMI; "
                + "5 active or complete crash; 6 a driver's image, only if nothing else works."
        ),
        (
            "room", "Room",
            "Page file on the boot volume: system managed, or as large as the kernel's memory; complete: RAM + 257 MB. "
                + "As much free space as the dump is large."
        ),
        (
            "takeAlong", "Take along",
            "qwinsta, logonsessions -p, tasklist /svc and handle -s as text, within minutes of the dump; and the build (ver)."
        ),
        (
            "afterwards", "Afterwards",
            "Move the file to an encrypted disk at once; logonleak info FILE checks it. Delete every copy when done, "
                + "remove SeTokenLeakDiag and reboot."
        ),
    ]

    static let secrets = "A dump holds passwords and keys: whoever has it has the machine's secrets."
    static let reading =
        "Files that logonleak does not read yet (.vmem, .vmrs, ELF cores, raw images, hiberfil.sys) must be converted to a dump first."
}
