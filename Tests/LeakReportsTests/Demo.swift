import LeakAnalysis
import LeakReports
import LeakTestSupport
import KernelObjects
import BinaryReading
import Testing
@Test func zzdemo() {
    let a = ReportMachine.grabber.analysis
    print(TextReport.render(a, style: TextStyle()))
    JSONReport.write(a, tool: ToolIdentity(name: "logonleak", version: "1")) {
        print(String(decoding: $0, as: UTF8.self))
    }
    for s in TableReport.Subject.allCases { print(TableReport(s, of: a).render(style: TextStyle(width: 120))) }
}
