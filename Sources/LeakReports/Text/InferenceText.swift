import KernelObjects
import LeakAnalysis

/// What stands in for the symbols of a kernel that nobody has symbols for: said in full, so that it can be judged.
struct InferenceText {
    private let inference: InferenceFacts

    init(_ inference: InferenceFacts) { self.inference = inference }

    func render(_ layout: inout TextLayout) {
        layout.heading("The kernel has no symbols: what stands in for them (\(inference.confidence))")
        for fact in inference.facts {
            layout.paragraph("\(fact.name) = \(fact.value): \(fact.how)".terminalSafe, first: "  - ")
        }
        layout.paragraph("What the dump was asked to confirm it:", first: "  ")
        for check in inference.checks {
            let asked = check.held + check.failed
            layout.paragraph(
                "\(check.question): \(check.held.groupedText) of \(asked.groupedText)".terminalSafe, first: "  - ",
                role: check.failed > 0 ? .warning : nil)
        }
        layout.paragraph(
            "With the kernel's symbols (--symbols) nothing of this is needed, and frames have names.", first: "  ")
    }
}
