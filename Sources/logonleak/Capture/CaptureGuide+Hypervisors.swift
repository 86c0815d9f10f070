/// Captures of a guest from its host.
extension CaptureGuide {
    private static let guestDown: Fact = "The guest goes down."

    static let hyperV = CaptureGuide(
        word: "hyper-v", otherWords: ["hyperv"],
        summary: "Hyper-V guest: NMI, keyboard, saved state",
        methods: [
            Method(
                name: "NMI from the host",
                before: [crashSettings, .unverified("Hyper-V 2012 R2 or later.")],
                steps: [
                    "Debug-VM -Name RDS1 -InjectNonMaskableInterrupt",
                    .unverified("-Force leaves out the question."),
                ],
                file: "MEMORY.DMP inside the guest, bug check 0x80.", risks: [guestDown]),
            Method(
                name: "Keyboard in VMConnect",
                before: [
                    crashSettings,
                    #"Windows 10 1903 or later: hyperkbd\Parameters\CrashOnCtrlScroll = 1, reboot (--keyboard hyper-v)."#,
                ],
                steps: ["Hold the right Ctrl key and press Scroll Lock twice."],
                file: "MEMORY.DMP inside the guest, bug check 0xE2.",
                risks: [guestDown, "The client may swallow the keys."]),
            Method(
                name: "Saved state or checkpoint with memory",
                before: [],
                steps: [
                    "Save-VM or Checkpoint-VM on the host.", "Convert the file to a dump with another tool first.",
                ],
                file: ".vmrs (2016 and later), or .bin and .vsv.",
                risks: ["The format is proprietary; readers need a library of Microsoft's or are slow off Windows."]),
        ])

    static let vmware = CaptureGuide(
        word: "vmware", otherWords: ["esxi", "vsphere"],
        summary: "VMware guest: NMI, or snapshot with memory",
        methods: [
            Method(
                name: "NMI from ESXi",
                before: [crashSettings],
                steps: [
                    .unverified("vmdumper -l, then vmdumper WORLD nmi"),
                    .unverified("Newer versions: host client or API, send NMI."),
                ],
                file: "MEMORY.DMP inside the guest.", risks: [guestDown]),
            Method(
                name: "Snapshot with memory, or suspend",
                before: [],
                steps: [
                    "Take a snapshot with memory, or suspend the guest.",
                    "Keep .vmem and .vmsn (or .vmss) together: same base name, one folder.",
                    .unverified("vmss2core -W8 x.vmsn x.vmem (-W before Windows 8) writes memory.dmp, a full dump."),
                ],
                file: ".vmem with .vmsn or .vmss; on old ESX one file holds all.",
                risks: [
                    "Both files are needed: the small one holds the map of the regions.",
                    "vmss2core is old and fails on new builds; its dump may have an invented processor context.",
                ]),
        ])

    static let kvm = CaptureGuide(
        word: "kvm", otherWords: ["qemu", "proxmox", "libvirt"],
        summary: "KVM, QEMU, Proxmox guest: NMI, or dump from the host",
        methods: [
            Method(
                name: "Windows dump written on the host",
                before: [
                    "-device vmcoreinfo, in libvirt <vmcoreinfo state='on'/>.",
                    "The FwCfg driver (virtio-win) in the guest.",
                ],
                steps: ["In the QEMU monitor: dump-guest-memory -w memory.dmp"],
                file: "memory.dmp on the host, a full dump (type 1).",
                risks: [
                    "The guest is paused meanwhile.",
                    "Without the driver: \"invalid vmcoreinfo note size\".",
                    "Fewer processors in a client Windows than in QEMU give a warning.",
                ]),
            Method(
                name: "NMI",
                before: [crashSettings, "A watchdog or pvpanic device must not reset the guest."],
                steps: [
                    "QMP: inject-nmi",
                    .unverified("Or virsh inject-nmi DOMAIN; or nmi in the monitor (Proxmox: qm monitor)."),
                ],
                file: "MEMORY.DMP inside the guest.", risks: [guestDown]),
            Method(
                name: "ELF core",
                before: [],
                steps: ["virsh dump --memory-only DOMAIN FILE"],
                file: "An ELF64 core on the host (or kdump-compressed).",
                risks: ["It has no Windows header: the reader must find the kernel itself."]),
        ])

    static let virtualBox = CaptureGuide(
        word: "virtualbox", otherWords: ["vbox"],
        summary: "VirtualBox guest: ELF core, or NMI",
        methods: [
            Method(
                name: "ELF core", before: [],
                steps: [.unverified("VBoxManage debugvm NAME dumpvmcore --filename FILE")],
                file: "An ELF64 core on the host.", risks: ["As large as the guest's memory."]),
            Method(
                name: "NMI", before: [crashSettings],
                steps: [.unverified("VBoxManage debugvm NAME injectnmi")],
                file: "MEMORY.DMP inside the guest.", risks: [guestDown]),
        ])

    static let xen = CaptureGuide(
        word: "xen", otherWords: ["xcp-ng"],
        summary: "Xen, XCP-ng guest: NMI, or ELF core",
        methods: [
            Method(
                name: "NMI", before: [crashSettings], steps: [.unverified("xl trigger DOMAIN nmi")],
                file: "MEMORY.DMP inside the guest.", risks: [guestDown]),
            Method(
                name: "ELF core", before: [], steps: [.unverified("xl dump-core DOMAIN FILE")],
                file: "An ELF core with Xen notes on the host.", risks: []),
        ])
}
