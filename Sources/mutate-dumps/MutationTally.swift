/// What became of all mutations of a run.
struct MutationTally {
    private(set) var analysed = 0
    private(set) var refused = 0
    private(set) var failures: [(number: Int, why: String)] = []
    private var slowest: (microseconds: Int, number: Int) = (0, 0)
    private var peakMemory = 0

    var finished: Int { analysed + refused + failures.count }

    mutating func add(number: Int, isAnalysed: Bool, microseconds: Int) {
        if isAnalysed { analysed += 1 } else { refused += 1 }
        if microseconds > slowest.microseconds { slowest = (microseconds, number) }
    }

    mutating func fail(number: Int, why: String) { failures.append((number, why)) }

    mutating func note(peakMemory: Int) { self.peakMemory = max(self.peakMemory, peakMemory) }

    /// One line for the end of a run.
    var summary: String {
        "\(finished) mutations: \(analysed) analysed, \(refused) refused, \(failures.count) failed; "
            + "slowest \(slowest.microseconds / 1000) ms (number \(slowest.number)); peak \(peakMemory / 1_000_000) MB"
    }
}
