import BinaryReading
import KernelObjects
import LeakAnalysis

/// Counts through which of the kernel's routines tokens came. A large machine has as many traces as tokens and a handful of ways.
struct WayCounts {
    private struct Way {
        let maker: CreatorAnalysis.Key
        let text: String
        var tokens = 0
    }

    private let snapshot: Snapshot
    private var all: [Way] = []
    /// A number for each routine, by address.
    private var routines = PositionTable()
    private var routineNumbers: [String: Int] = [:]
    private var makers: [CreatorAnalysis.Key: Int] = [:]
    private var lastMaker: (key: CreatorAnalysis.Key, number: Int)?
    private var numbers = PositionTable()

    init(_ snapshot: Snapshot) { self.snapshot = snapshot }

    /// For each maker the routines, innermost first, with the number of tokens.
    var ways: [CreatorAnalysis.Key: [String: Int]] {
        var ways: [CreatorAnalysis.Key: [String: Int]] = [:]
        for way in all { ways[way.maker, default: [:]][way.text, default: 0] += way.tokens }
        return ways
    }

    /// Takes in tokens of one maker that share a trace; a trace without frames of the kernel tells nothing.
    mutating func add(_ tokens: Int, of maker: CreatorAnalysis.Key, by trace: [VirtualAddress]) {
        var fingerprint = Fingerprint()
        fingerprint.combine(UInt64(number(of: maker)))
        for address in trace {
            guard address.isKernel else { break }
            fingerprint.combine(UInt64(number(ofRoutineAt: address)))
        }
        if let known = numbers[fingerprint.value] {
            all[known].tokens += tokens
        } else if let text = snapshot.wayText(of: trace) {
            numbers[fingerprint.value] = all.count
            all.append(Way(maker: maker, text: text, tokens: tokens))
        }
    }

    private mutating func number(of maker: CreatorAnalysis.Key) -> Int {
        if let lastMaker, lastMaker.key.hasMaker(maker) { return lastMaker.number }
        let number = makers[maker] ?? makers.count
        makers[maker] = number
        lastMaker = (maker, number)
        return number
    }

    private mutating func number(ofRoutineAt address: VirtualAddress) -> Int {
        if let known = routines[address] { return known }
        let text = snapshot.wayText(of: [address]) ?? ""
        let number = routineNumbers[text] ?? routineNumbers.count
        routineNumbers[text] = number
        routines[address] = number
        return number
    }
}
