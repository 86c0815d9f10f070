/// Runs mutations in worker processes and watches over them.
struct MutationRun {
    private let options: MutationOptions
    private var waiting: [Range<Int>]
    private var workers: [Worker] = []
    private let jobs: Int
    private(set) var tally = MutationTally()

    /// A mutation may take so long, and a worker's start.
    private static let timeLimit = Duration.seconds(5)
    private static let startLimit = Duration.seconds(120)
    /// Bytes that a worker may ever have used.
    private static let memoryLimit = 200_000_000

    init(options: MutationOptions, count: Int, jobs: Int) {
        self.options = options
        self.jobs = min(jobs, count)
        let part = (count + self.jobs - 1) / self.jobs
        waiting = (0..<self.jobs).map { job in
            (options.first + min(count, job * part))..<(options.first + min(count, (job + 1) * part))
        }
    }

    /// A process at work, and how far it came.
    private struct Worker {
        let process: ChildProcess
        var rest: Range<Int>
        var deadline: ContinuousClock.Instant
        var text: [UInt8] = []
        var hasStarted = false
    }

    /// Runs all of them; each failing one is printed as it is found.
    mutating func finish() throws {
        while true {
            while workers.count < jobs, let range = waiting.popLast() {
                if !range.isEmpty { workers.append(try start(range)) }
            }
            guard !workers.isEmpty else { return }
            let ready = waitForOutput(of: workers.map(\.process), milliseconds: 200)
            for index in workers.indices.reversed() {
                if ready[index] { try read(index) } else { endIfLate(index) }
            }
        }
    }

    private func start(_ range: Range<Int>) throws -> Worker {
        let process = try ChildProcess(
            arguments: ["work", "--count", "\(range.count)"] + options.arguments(first: range.lowerBound))
        return Worker(process: process, rest: range, deadline: .now + Self.startLimit)
    }

    private mutating func read(_ index: Int) throws {
        let piece = workers[index].process.read()
        guard !piece.isEmpty else {
            let worker = workers.remove(at: index)
            let end = worker.process.wait()
            // A worker that cannot even forge its dumps would die again and again.
            guard worker.hasStarted else { throw ProcessError(description: "a worker could not start: it \(end)") }
            if !worker.rest.isEmpty { fail(worker, why: end) }
            return
        }
        workers[index].text += piece
        while let end = workers[index].text.firstIndex(of: 0x0A) {
            let line = String(decoding: workers[index].text[..<end], as: UTF8.self)
            workers[index].text.removeSubrange(...end)
            workers[index].deadline = .now + Self.timeLimit
            guard note(line, of: index) else { return }
        }
    }

    /// Takes a worker's line; false where the worker was ended for it.
    private mutating func note(_ line: String, of index: Int) -> Bool {
        let words = line.split(separator: " ")
        guard let peak = words.last.flatMap({ Int($0) }) else { return true }
        workers[index].hasStarted = true
        tally.note(peakMemory: peak)
        guard peak <= Self.memoryLimit else {
            end(index, why: "took \(peak / 1_000_000) MB")
            return false
        }
        guard words.count == 4, let number = Int(words[0]), let time = Int(words[2]) else { return true }
        workers[index].rest = (number + 1)..<workers[index].rest.upperBound
        tally.add(number: number, isAnalysed: words[1] == "analysed", microseconds: time)
        return true
    }

    private mutating func endIfLate(_ index: Int) {
        guard workers[index].deadline < .now else { return }
        end(index, why: "took more than \(Self.timeLimit)")
    }

    private mutating func end(_ index: Int, why: String) {
        let worker = workers.remove(at: index)
        worker.process.end()
        fail(worker, why: why)
    }

    private mutating func fail(_ worker: Worker, why: String) {
        let number = worker.rest.lowerBound
        tally.fail(number: number, why: why)
        print("mutation \(number) of seed \(options.seed) failed: \(why)")
        waiting.append((number + 1)..<worker.rest.upperBound)
    }
}
