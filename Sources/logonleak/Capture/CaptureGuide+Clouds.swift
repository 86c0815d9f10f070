/// Captures of a rented machine: the provider sends an interrupt, Windows writes the dump.
extension CaptureGuide {
    private static let insideGuest: Fact = "MEMORY.DMP inside the guest."

    static let aws = CaptureGuide(
        word: "aws", otherWords: ["ec2", "amazon"],
        summary: "Amazon EC2: diagnostic interrupt",
        methods: [
            Method(
                name: "Diagnostic interrupt",
                before: ["A Nitro instance type; free disk space.", crashSettings],
                steps: [
                    "aws ec2 send-diagnostic-interrupt --instance-id i-...",
                    "Or in PowerShell: Send-EC2DiagnosticInterrupt",
                ],
                file: "MEMORY.DMP inside the guest, bug check 0x80.",
                risks: ["The instance crashes and restarts."])
        ])

    static let azure = CaptureGuide(
        word: "azure", summary: "Azure VM: NMI from the serial console",
        methods: [
            Method(
                name: "NMI from the serial console",
                before: [
                    .unverified("Boot diagnostics are on."), crashSettings,
                    "Page file and dump on the OS disk, not on the temporary disk D:.",
                ],
                steps: [.unverified("Serial console: the NMI button, or nmi.")],
                file: insideGuest,
                risks: ["A dump on the temporary disk vanishes on redeploy."])
        ])

    static let googleCloud = CaptureGuide(
        word: "gcp", otherWords: ["google", "gcloud"],
        summary: "Google Cloud: diagnostic interrupt",
        methods: [
            Method(
                name: "Diagnostic interrupt",
                before: ["The permission sendDiagnosticInterrupt.", crashSettings],
                steps: ["gcloud compute instances send-diagnostic-interrupt VM"],
                file: insideGuest,
                risks: ["Fails during a live migration; the machine cannot be reached afterwards."])
        ])

    static let otherClouds = CaptureGuide(
        word: "oracle", otherWords: ["oci", "naver"],
        summary: "Oracle, Naver Cloud: interrupt by command line or API",
        methods: [
            Method(
                name: "Diagnostic interrupt",
                before: ["The dump type is \"automatic\" by default: set it before.", crashSettings],
                steps: [
                    .unverified("Oracle: the action diagnosticreboot."),
                    "Naver Cloud: the interrupt of its command line or API.",
                ],
                file: insideGuest,
                risks: ["The provider does not help with the analysis."])
        ])
}
