/// Counts how often the dump agrees with a borrowed layout.
struct CheckTally {
    private(set) var checks: [KernelInference.Check] = []

    /// A layout is refused where more than every fourth answer to a question speaks against it: damage never spoils so much, and a wrong
    /// layout is wrong nearly everywhere.
    private static let toleratedShare = 4

    /// Puts down one answer; nil, where memory is not in the dump, is none.
    mutating func count(_ answer: Bool?, _ question: String) {
        guard let answer else { return }
        let index =
            checks.firstIndex { $0.question == question }
            ?? {
                checks.append(KernelInference.Check(question: question, held: 0, failed: 0))
                return checks.count - 1
            }()
        if answer { checks[index].held += 1 } else { checks[index].failed += 1 }
    }

    /// The first question whose answers refute the layout.
    var refuted: KernelInference.Check? {
        // One answer alone, a ring that does not close, may be damage.
        checks.first { $0.failed > 1 && $0.failed * Self.toleratedShare > $0.held + $0.failed }
    }

    var held: Int { checks.reduce(0) { $0 + $1.held } }
    var failed: Int { checks.reduce(0) { $0 + $1.failed } }
}

/// Why a layout does not fit the dump.
struct LayoutRefusal: Error {
    let reason: String

    init(_ reason: String) { self.reason = reason }
}
