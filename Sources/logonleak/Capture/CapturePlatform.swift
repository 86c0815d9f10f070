/// One way to get a dump of a Windows machine.
struct CapturePlatform: Sendable {
    /// The word on the command line.
    let name: String
    /// What it is, for the list.
    let title: String
    /// What must have been set up before.
    let before: [String]
    /// What to do.
    let steps: [String]
    /// The file that comes out, and where it lies.
    let result: String
    /// What can go wrong, and what it costs.
    let risks: [String]

    /// All of them, those without downtime first.
    static let all = live + hosts + clouds + machines
}

extension CapturePlatform {
    /// Dumps of a machine that goes on running.
    private static let live = [
        CapturePlatform(
            name: "task-manager", title: "a live dump by Task Manager, no downtime",
            before: ["Windows 11 22H2 (22621.1992) or later, Server 2025; an administrator"],
            steps: ["Task Manager, Details, System, 'Create live kernel memory dump', Full"],
            result: "a live dump of type 6 in a folder below the user's local application data (folder not verified)",
            risks: [
                "The kind 'kernel stacks' holds no sessions.",
                "No symbols of these kernels are built in yet: give them with --symbols.",
            ]),
        CapturePlatform(
            name: "powershell", title: "a live dump by PowerShell, no downtime",
            before: ["Server 2016 or later; an administrator"],
            steps: [
                "Get-StorageSubSystem | Get-StorageDiagnosticInfo -DestinationPath C:\\Dump -IncludeLiveDump (cmdlet not verified)"
            ],
            result: "LiveDump.dmp of type 6", risks: ["It collects logs as well, which may be private."]),
        CapturePlatform(
            name: "livekd", title: "a live dump by Sysinternals LiveKD, no downtime",
            before: ["the debugging tools and symbols on the machine; an administrator"],
            steps: ["livekd -ml -o leak.dmp"],
            result: "a consistent kernel dump",
            risks: ["Without -ml the memory changes while it is copied: lists may not fit together."]),
        CapturePlatform(
            name: "debugger", title: "a kernel debugger that is attached",
            before: ["a debugger connection (KDNET or other)"],
            steps: [".dump /ka leak.dmp (kernel and user pages), or .dump /k, .dump /f"],
            result: "a range dump of type 9, 8 or 10 on the debugger's machine",
            risks: ["The machine stands still meanwhile."]),
    ]

    /// Virtual machines, from their host.
    private static let hosts = [
        CapturePlatform(
            name: "hyper-v", title: "a Hyper-V guest, from its host",
            before: [
                "the dump settings in the guest (see --settings); Hyper-V 2012 R2 or later (version not verified)"
            ],
            steps: ["Debug-VM -Name RDS1 -InjectNonMaskableInterrupt -Force (-Force not verified)"],
            result: "MEMORY.DMP in the guest, bug check 0x80",
            risks: [
                "The guest goes down.",
                "Saved states and checkpoints (.vmrs, .bin with .vsv) are not read: convert them on Windows.",
            ]),
        CapturePlatform(
            name: "vmware", title: "a VMware guest",
            before: ["for a crash dump: the dump settings in the guest (see --settings)"],
            steps: [
                "vmdumper -l, then vmdumper WORLD nmi on the ESXi host (not verified)",
                "or a snapshot with memory, converted on the host: vmss2core -W8 x.vmsn x.vmem (flags not verified)",
            ],
            result: "MEMORY.DMP in the guest, or memory.dmp of type 1 from vmss2core",
            risks: [
                "The NMI takes the guest down; a snapshot pauses it.",
                "vmss2core needs the .vmem and the .vmsn or .vmss of the same base name, and fails on new builds.",
            ]),
        CapturePlatform(
            name: "kvm", title: "a KVM, QEMU or Proxmox guest",
            before: [
                "for dump-guest-memory -w: the device vmcoreinfo and the FwCfg driver (virtio-win) in the guest",
                "for an NMI: the dump settings in the guest (see --settings)",
            ],
            steps: [
                "in the monitor: dump-guest-memory -w memory.dmp",
                "or virsh inject-nmi DOMAIN (Proxmox: qm monitor, then nmi)",
            ],
            result: "memory.dmp of type 1 on the host, or MEMORY.DMP in the guest",
            risks: [
                "Without the driver it says 'invalid vmcoreinfo note size'.", "The guest pauses; an NMI takes it down.",
                "ELF cores (virsh dump --memory-only) are not read yet.",
            ]),
        CapturePlatform(
            name: "xen", title: "a Xen or XCP-ng guest", before: ["the dump settings in the guest (see --settings)"],
            steps: ["xl trigger DOMAIN nmi (not verified)"], result: "MEMORY.DMP in the guest",
            risks: ["The guest goes down."]),
    ]

    /// Machines in a cloud.
    private static let clouds = [
        CapturePlatform(
            name: "aws", title: "an EC2 instance",
            before: ["a Nitro type; the dump settings and disk space in the guest (see --settings)"],
            steps: ["aws ec2 send-diagnostic-interrupt --instance-id i-..."],
            result: "MEMORY.DMP in the guest, bug check 0x80",
            risks: ["The instance crashes and restarts; the dump lies inside it."]),
        CapturePlatform(
            name: "azure", title: "an Azure machine",
            before: [
                "dump type and page file (see --settings), both on the system disk; boot diagnostics on (not verified)"
            ],
            steps: ["the serial console's NMI command (not verified)"], result: "MEMORY.DMP in the guest",
            risks: ["A dump on the temporary disk D: is lost when the machine moves."]),
        CapturePlatform(
            name: "gcp", title: "a Google Cloud machine", before: ["the dump settings in the guest (see --settings)"],
            steps: ["gcloud compute instances send-diagnostic-interrupt VM"], result: "MEMORY.DMP in the guest",
            risks: ["It fails during a live migration; the machine is unreachable afterwards."]),
    ]

    /// Machines of one's own.
    private static let machines = [
        CapturePlatform(
            name: "bmc", title: "a server with a management board (iLO, iDRAC, IPMI)",
            before: [
                "the dump settings (see --settings); up to Server 2008 R2 also NMICrashDump = 1",
                "the board's watchdog slower than the dump is long",
            ],
            steps: ["'Generate NMI' of iLO or iDRAC, or ipmitool chassis power diag (not verified)"],
            result: "MEMORY.DMP, bug check 0x80",
            risks: ["The server goes down; a watchdog may reset it before the dump ends."]),
        CapturePlatform(
            name: "keyboard", title: "a keyboard at the machine",
            before: ["the dump settings with --keyboard ps2, usb or hyper-v (see --settings), and a restart"],
            steps: ["hold the right Ctrl key and press Scroll Lock twice"], result: "MEMORY.DMP, bug check 0xe2",
            risks: ["The machine goes down.", "A USB keyboard fails when the USB stack hangs."]),
        CapturePlatform(
            name: "notmyfault", title: "Sysinternals NotMyFault",
            before: ["the dump settings (see --settings); an administrator"],
            steps: ["notmyfaultc64 crash 1 (not verified)"], result: "MEMORY.DMP", risks: ["The machine goes down."]),
    ]
}
