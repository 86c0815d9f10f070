// Opens each dump named on the command line and prints its logon sessions with their holders. The README shows this program.
import FileMapping
import KernelObjects
import KernelSymbols
import LeakAnalysis
import MemoryImages

for path in CommandLine.arguments.dropFirst() {
    let kernel = try Kernel(in: CrashDump(file: MappedFile(path: path)))
    let analysis = Analysis(of: try Snapshot(reading: kernel))
    for session in analysis.sessions {
        let facts = analysis.snapshot.logonSessions[session.session]
        let holders = session.holders.map(analysis.label(of:)).joined(separator: ", ")
        print(facts.luid, facts.accountName ?? "?", session.state, "held by", holders)
    }
    for gap in analysis.snapshot.gaps { print("not read:", gap.what, gap.why) }
}
