import AddressTranslation
import BinaryReading
import KernelSymbols

extension LeakTracking {
    init(reading context: ReadingContext) throws(LayoutError) {
        let layout = try TokenLayout(context.profile)
        let variable = context.address(of: "SeTokenLeakTracking")
        let inferred = context.kernel.inference
        let isSupported = (variable != nil || inferred != nil) && layout.hasDiagnosticInfo
        var isEnabled: Bool? = isSupported ? inferred?.recordsCreators : false
        if let variable, isSupported {
            do throws(TranslationError) { isEnabled = try context.memory.load(UInt32.self, at: variable) != 0 } catch {
                context.note(
                    .kernelVariables, "SeTokenLeakTracking", at: variable, why: error.reasonText,
                    limits: "whether creators were recorded; the tokens themselves tell")
            }
        }
        // The switch that turns the pin off again; unreadable means off, its default.
        let switchedOff = context.address(of: "SeTokenDoesNotTrackSessionObject").flatMap {
            try? context.memory.load(UInt32.self, at: $0)
        }
        self.init(
            isSupported: isSupported, isEnabled: isEnabled,
            tokensPinTerminalSessions: layout.hasSessionObject && (switchedOff ?? 0) == 0)
    }
}
