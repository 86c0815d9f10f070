import BinaryReading
import DebuggerShell
import LeakReports

/// The log of a shell as a file that only its owner may read.
final class LogFile: LogWriting {
    private var descriptor: Int32?

    func open(path: String, appends: Bool) -> String? {
        do throws(SystemError) {
            descriptor = try createFile(at: path, existing: appends ? .append : .replace)
            return nil
        } catch {
            return systemErrorText(error.number)
        }
    }

    func write(_ line: String) {
        guard let descriptor else { return }
        try? writeBytes(Array((line.terminalSafe + "\n").utf8), to: descriptor)
    }

    func close() {
        guard let descriptor else { return }
        self.descriptor = nil
        try? closeFile(descriptor: descriptor)
    }

    /// Process number in hex, then date and time in UTC: `02BC_2024-05-01_10-12-00-000`.
    var nameSuffix: String {
        let epoch: UInt64 = 116_444_736_000_000_000
        let now = FileTime(epoch &+ UInt64(clamping: secondsSince1970) &* FileTime.unitsPerSecond)
        let parts = now.description.split { "T:Z".contains($0) }
        let number = String(UInt32(clamping: processNumber), radix: 16, uppercase: true)
        let padded = String(repeating: "0", count: max(0, 4 - number.count)) + number
        return "\(padded)_\(parts.first ?? "")_\(parts.dropFirst().joined(separator: "-"))-000"
    }
}
