package import BinaryReading
import KernelObjects

/// Understands what a user names: a session, a token or a process.
struct ExplanationQuery {
    /// One way to understand an argument that leads to something.
    enum Reading: Equatable {
        /// Sessions, by position, with the LUID that was named.
        case luid(LUID, [Int])
        case sessionAddress(Int)
        case tokenAddress(Int)
        case processAddress(Int)
        /// Processes, by position, with the id that was named.
        case processID(UInt64, [Int])
        case tokenID(LUID, Int)

        var subject: Explanation.Subject {
            switch self {
            case .luid, .sessionAddress: .logonSession
            case .tokenAddress, .tokenID: .token
            case .processAddress, .processID: .process
            }
        }
    }

    /// First address of the upper half under four-level paging; five levels only widen it downwards.
    private static let firstKernelAddress: UInt64 = 0xFFFF_8000_0000_0000

    private let hex: UInt64?
    private let decimal: UInt64?
    /// Whether the text is made of decimal digits alone, so that it is a process id first.
    private let isDecimal: Bool
    private let isLUIDText: Bool

    init(_ argument: String) {
        let text = argument.split(separator: " ").joined()
        if let parts = Self.luidParts(text) {
            hex = parts
            decimal = nil
            isDecimal = false
            isLUIDText = true
            return
        }
        hex = UInt64(hexText: text)
        isDecimal = !text.isEmpty && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
        decimal = isDecimal ? UInt64(text) : nil
        isLUIDText = false
    }

    /// `high:low` in hex, as debuggers and handle tools write a LUID.
    private static func luidParts(_ text: String) -> UInt64? {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, let low = UInt64(hexText: parts[1]), low <= UInt64(UInt32.max) else { return nil }
        guard let high = parts[0].isEmpty ? 0 : UInt64(hexText: parts[0]), high <= UInt64(UInt32.max) else {
            return nil
        }
        return high << 32 | low
    }

    /// Everything that the argument can mean in an analysis, the first choice first.
    func readings(in analysis: Analysis) -> [Reading] {
        var readings: [Reading] = []
        if let decimal { readings += processes(decimal, analysis) }
        if let hex {
            let sessions = analysis.sessionPositions(luid: LUID(hex))
            if !sessions.isEmpty { readings.append(.luid(LUID(hex), sessions)) }
            if !isLUIDText {
                readings += objects(hex, analysis)
                if hex != decimal { readings += processes(hex, analysis) }
            }
            // A token id is the last resort: it looks like any other number.
            if readings.isEmpty, let token = analysis.snapshot.tokens.firstIndex(where: { $0.tokenID == LUID(hex) }) {
                readings.append(.tokenID(LUID(hex), token))
            }
        }
        return readings
    }

    private func processes(_ id: UInt64, _ analysis: Analysis) -> [Reading] {
        let positions = analysis.snapshot.processes.indices.filter { analysis.snapshot.processes[$0].processID == id }
        return positions.isEmpty ? [] : [.processID(id, positions)]
    }

    private func objects(_ number: UInt64, _ analysis: Analysis) -> [Reading] {
        guard number >= Self.firstKernelAddress else { return [] }
        let address = VirtualAddress(number)
        var readings: [Reading] = []
        if let session = analysis.snapshot.logonSessions.firstIndex(where: { $0.address == address }) {
            readings.append(.sessionAddress(session))
        }
        if let token = analysis.tokenPosition(at: address) { readings.append(.tokenAddress(token)) }
        if let process = analysis.processPosition(at: address) { readings.append(.processAddress(process)) }
        return readings
    }
}

extension ExplanationQuery.Reading {
    /// The reading in words, for a user who may have meant it.
    func words(in analysis: Analysis) -> String {
        let snapshot = analysis.snapshot
        switch self {
        case .luid(let luid, let positions):
            let name = positions.first.flatMap { snapshot.logonSessions[$0].qualifiedName }
            return "logon session \(luid)" + (name.map { " (\($0))" } ?? "")
        case .sessionAddress(let position):
            return "the address of logon session \(snapshot.logonSessions[position].luid)"
        case .tokenAddress(let position), .tokenID(_, let position):
            return "token \(snapshot.tokens[position].address)"
        case .processAddress(let position):
            return "the address of process \(analysis.label(of: .process(position)))"
        case .processID(let id, let positions):
            let names = positions.prefix(3).map { snapshot.processes[$0].imageName }.joined(separator: ", ")
            return "the id \(id) of process \(names)"
        }
    }
}

extension Analysis {
    /// Position of the token at an address.
    package func tokenPosition(at address: VirtualAddress) -> Int? {
        Self.position(of: address, in: snapshot.tokens, by: \.address)
    }

    /// Position of the process at an address.
    package func processPosition(at address: VirtualAddress) -> Int? {
        Self.position(of: address, in: snapshot.processes, by: \.address)
    }

    /// Position of the thread at an address.
    package func threadPosition(at address: VirtualAddress) -> Int? {
        Self.position(of: address, in: snapshot.threads, by: \.address)
    }

    /// Positions of all sessions with a LUID, those of containers included.
    func sessionPositions(luid: LUID) -> [Int] {
        let first = Self.lowerBound(of: luid, in: snapshot.logonSessions, by: \.luid)
        return snapshot.logonSessions.indices[first...].prefix { snapshot.logonSessions[$0].luid == luid }.map { $0 }
    }

    private static func position<Element, Key: Comparable>(
        of key: Key, in elements: [Element], by path: KeyPath<Element, Key>
    ) -> Int? {
        let first = lowerBound(of: key, in: elements, by: path)
        return first < elements.count && elements[first][keyPath: path] == key ? first : nil
    }

    private static func lowerBound<Element, Key: Comparable>(
        of key: Key, in elements: [Element], by path: KeyPath<Element, Key>
    ) -> Int {
        var low = 0
        var high = elements.count
        while low < high {
            let middle = (low + high) / 2
            if elements[middle][keyPath: path] < key { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
