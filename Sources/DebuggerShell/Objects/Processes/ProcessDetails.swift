import BinaryReading
import KernelObjects
import KernelSymbols
import MemoryImages

/// Times, quotas and memory of a process (flag 1 of `!process`); values stand in column 39.
struct ProcessDetails {
    private static let valueColumn = 34
    private static let pageKilobytes: UInt64 = 4
    private static let unreadable = "<Data Not Accessible>"

    private let process: Process
    private let record: StructureRecord
    private let session: ShellSession

    /// Reads the process; nil where it cannot be read or the symbols do not know it.
    init?(_ process: Process, in session: ShellSession) {
        guard let record = StructureRecord("_EPROCESS", at: process.address, in: session) else { return nil }
        self.process = process
        self.record = record
        self.session = session
    }

    /// The lines; a value that cannot be read says so.
    var lines: [String] {
        var lines = [vadLine]
        lines.append("    DeviceMap \(deviceMap)")
        lines.append(row("Token", process.primaryToken.map(\.extensionText)))
        lines.append(row("ElapsedTime", elapsed))
        lines.append(row("UserTime", processorTime("UserTime")))
        lines.append(row("KernelTime", processorTime("KernelTime")))
        // The array counts the nonpaged pool first.
        lines.append(row("QuotaPoolUsage[PagedPool]", quota(1)))
        lines.append(row("QuotaPoolUsage[NonPagedPool]", quota(0)))
        lines.append(workingSetLine)
        lines.append(row("PeakWorkingSetSize", workingSet("PeakWorkingSetSize").map { String($0) }))
        lines.append(row("VirtualSize", megabytes("VirtualSize")))
        lines.append(row("PeakVirtualSize", megabytes("PeakVirtualSize")))
        lines.append(row("PageFaultCount", workingSet("PageFaultCount").map { String($0) }))
        lines.append(row("MemoryPriority", memoryPriority))
        lines.append(
            row("BasePriority", record.number("Pcb.BasePriority").map { String(Int8(truncatingIfNeeded: $0)) }))
        lines.append(row("CommitCharge", record.number("CommitCharge").map { String($0) }))
        return lines
    }

    private func row(_ name: String, _ value: String?) -> String {
        "    " + name + String(repeating: " ", count: max(1, Self.valueColumn - name.count))
            + (value ?? Self.unreadable)
    }

    private func decimal(_ field: String) -> String { record.number(field).map { String($0) } ?? "?" }

    private var vadLine: String {
        let root = record.number(firstOf: ["VadRoot.Root", "VadRoot.BalancedRoot.RightChild"])
        let clone = record.number(firstOf: ["CloneRoot.Root", "CloneRoot"]).map { String($0, radix: 16) } ?? "?"
        let count = record.number(firstOf: ["VadCount", "VadRoot.NumberGenericTableElements"])
        return "    VadRoot \(root.map { $0.paddedHexDigits(16) } ?? "?") Vads \(count.map { String($0) } ?? "?")"
            + " Clone \(clone) Private \(decimal("NumberOfPrivatePages")). Modified \(decimal("ModifiedPageCount"))."
            + " Locked \(decimal("NumberOfLockedPages"))."
    }

    private var deviceMap: String {
        // Where the map is a counted reference (22000 and later), its low bits count.
        let isCounted = record.has("DeviceMap.Value")
        let value = isCounted ? record.fastReference("DeviceMap") : record.pointer("DeviceMap")
        return value?.extensionText ?? Self.unreadable
    }

    private var elapsed: String? {
        guard let created = process.created, let now = session.kernel.dump.header.systemTime, now >= created else {
            return nil
        }
        return DurationText.clock(now.rawValue - created.rawValue)
    }

    private func processorTime(_ field: String) -> String? {
        guard let ticks = record.number("Pcb.\(field)"), let unit = session.clockTick else { return nil }
        return DurationText.clock(ticks.multipliedReportingOverflow(by: unit).partialValue)
    }

    private func quota(_ index: Int) -> String? {
        guard let array = record.address(of: "ProcessQuotaUsage") else { return nil }
        let value = session.loadValue(byteCount: 8, at: (array + 8 * index).rawValue, isPhysical: false)
        return value.map { String($0) }
    }

    private func workingSet(_ field: String) -> UInt64? {
        record.number(firstOf: ["Vm.Instance.\(field)", "Vm.\(field)"])
    }

    private var workingSetLine: String {
        let sizes = ["WorkingSetSize", "MinimumWorkingSetSize", "MaximumWorkingSetSize"].map(workingSet)
        let pages = sizes.map { $0.map { String($0) } ?? "?" }.joined(separator: ", ")
        let bytes = sizes.map { size in
            size.map { String($0.multipliedReportingOverflow(by: Self.pageKilobytes).partialValue) + "KB" } ?? "?"
        }
        return "    Working Set Sizes (now,min,max)  (\(pages)) (\(bytes.joined(separator: ", ")))"
    }

    private func megabytes(_ field: String) -> String? {
        record.number(field).map { "\($0 >> 20) Mb" }
    }

    private var memoryPriority: String? {
        record.number(firstOf: ["Vm.Instance.Flags.MemoryPriority", "Vm.Flags.MemoryPriority"]).map {
            $0 == 0 ? "BACKGROUND" : "FOREGROUND"
        }
    }
}

extension ShellSession {
    /// Length of a clock tick in units of 100 ns, which processor times count in; nil where it cannot be read.
    var clockTick: UInt64? {
        guard let variable = kernel.address(of: "KeMaximumIncrement") else { return nil }
        return loadValue(byteCount: 4, at: variable.rawValue, isPhysical: false)
    }
}
