import ArgumentParser

/// Registry values that prepare a machine for a dump that shows creators, as a file that `regedit` and `reg import` take.
struct CaptureSettings {
    /// Which keyboard can crash the machine.
    enum Keyboard: String, ExpressibleByArgument, CaseIterable {
        case ps2, usb
        case hyperV = "hyper-v"

        /// The driver that reads `CrashOnCtrlScroll`.
        fileprivate var driver: String {
            switch self {
            case .ps2: "i8042prt"
            case .usb: "kbdhid"
            case .hyperV: "hyperkbd"
            }
        }
    }

    var keyboard: Keyboard?

    private static let control = "HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Control"

    /// The file's text; lines end as Windows ends them.
    var registryFile: String {
        var lines = [
            "Windows Registry Editor Version 5.00", "",
            "; Records who creates each token: build 14393 and later, after a restart. Costs time on busy servers: take it out again",
            "; (\"SeTokenLeakDiag\"=-) when the leak is found.", "[\(Self.control)\\Session Manager\\Kernel]",
            "\"SeTokenLeakDiag\"=dword:00000001", "",
            "; A kernel dump (2) when the machine crashes, kept whatever comes later. Counts as needing a restart.",
            "; The page file on the boot volume must hold the kernel's memory.", "[\(Self.control)\\CrashControl]",
            "\"CrashDumpEnabled\"=dword:00000002", "\"AlwaysKeepMemoryDump\"=dword:00000001",
            "\"Overwrite\"=dword:00000000",
            "", "; Needed up to Server 2008 R2 alone: an NMI crashes the machine.", "\"NMICrashDump\"=dword:00000001",
        ]
        if let keyboard {
            lines += [
                "", "; Right Ctrl held and Scroll Lock pressed twice crash the machine, after a restart.",
                "[HKEY_LOCAL_MACHINE\\SYSTEM\\CurrentControlSet\\Services\\\(keyboard.driver)\\Parameters]",
                "\"CrashOnCtrlScroll\"=dword:00000001",
            ]
        }
        return lines.map { $0 + "\r\n" }.joined()
    }
}
