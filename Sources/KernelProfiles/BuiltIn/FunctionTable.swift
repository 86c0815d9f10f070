/// The functions of one kernel in order of address: which name, where, how far.
struct FunctionTable: Sendable {
    /// Number of the name of each function.
    private(set) var names: [Int32] = []
    /// Bytes between the end of the function before and this one; negative where names share a start.
    private(set) var gaps: [Int32] = []
    /// Bytes up to the next symbol.
    private(set) var extents: [Int32] = []
    /// Distance of each function from the kernel's base.
    private(set) var starts: [UInt32] = []

    /// No functions.
    init() {}

    /// Reads the functions of a kernel that stands alone.
    init?(standingAlone cursor: inout ByteCursor, nameCount: Int) {
        guard let count = cursor.count(), count <= nameCount else { return nil }
        names.reserveCapacity(count)
        var name: Int32 = 0
        for _ in 0..<count {
            guard let distance = cursor.signedWord() else { return nil }
            name &+= distance
            guard name >= 0, name < nameCount else { return nil }
            names.append(name)
        }
        extents.reserveCapacity(count)
        for _ in 0..<count {
            guard let extent = cursor.count() else { return nil }
            extents.append(Int32(truncatingIfNeeded: extent))
        }
        gaps = [Int32](repeating: 0, count: count)
        guard Self.change(&gaps, by: &cursor) else { return nil }
        findStarts()
    }

    /// Reads the functions of a kernel that is written against another: what follows each name there, and gap and extent
    /// of each name there, are what is expected here; only the exceptions are written.
    init?(against reference: FunctionTable, _ cursor: inout ByteCursor, nameCount: Int) {
        guard let count = cursor.count(), count <= nameCount else { return nil }
        let expected = reference.byName(nameCount: nameCount)
        guard readNames(count, following: expected.successors, &cursor, nameCount: nameCount) else { return nil }
        gaps = names.map { expected.gaps[Int($0)] }
        extents = names.map { expected.extents[Int($0)] }
        guard Self.change(&gaps, by: &cursor), Self.change(&extents, by: &cursor) else { return nil }
        findStarts()
    }

    private mutating func readNames(
        _ count: Int, following successors: [Int32], _ cursor: inout ByteCursor, nameCount: Int
    ) -> Bool {
        names.reserveCapacity(count)
        guard var exceptions = cursor.count() else { return false }
        var untilException = count
        if exceptions > 0 {
            guard let run = cursor.count() else { return false }
            untilException = run
        }
        // The first name follows no other; one past the names stands for that.
        var last = nameCount
        for _ in 0..<count {
            var name = successors[last]
            if untilException == 0 {
                guard let distance = cursor.signedWord() else { return false }
                name &+= distance
                exceptions -= 1
                untilException = count
                if exceptions > 0 {
                    guard let run = cursor.count() else { return false }
                    untilException = run
                }
            } else {
                untilException -= 1
            }
            guard name >= 0, name < nameCount else { return false }
            names.append(name)
            last = Int(name)
        }
        return true
    }

    /// Adds exceptions to a list: how many places to pass over, what to add there.
    private static func change(_ values: inout [Int32], by cursor: inout ByteCursor) -> Bool {
        guard let exceptions = cursor.count(), exceptions <= values.count else { return false }
        var place = 0
        for _ in 0..<exceptions {
            guard let run = cursor.count(), let difference = cursor.signedWord() else { return false }
            place += run
            guard place < values.count else { return false }
            values[place] &+= difference
            place += 1
        }
        return true
    }

    /// What each name of this table is followed by, and its gap and extent: what a table written against this one expects.
    /// A name that is not here is expected to be followed by itself, which never happens.
    private func byName(nameCount: Int) -> (successors: [Int32], gaps: [Int32], extents: [Int32]) {
        var successors = [Int32](0...Int32(truncatingIfNeeded: nameCount))
        successors[nameCount] = names.first ?? 0
        var gapsByName = [Int32](repeating: 0, count: nameCount)
        var extentsByName = gapsByName
        for (index, name) in names.enumerated() {
            if index + 1 < names.count { successors[Int(name)] = names[index + 1] }
            gapsByName[Int(name)] = gaps[index]
            extentsByName[Int(name)] = extents[index]
        }
        return (successors, gapsByName, extentsByName)
    }

    private mutating func findStarts() {
        starts.reserveCapacity(names.count)
        var end: Int32 = 0
        for index in names.indices {
            let start = end &+ gaps[index]
            starts.append(UInt32(bitPattern: start))
            end = start &+ extents[index]
        }
    }

    /// The function at a place, under its name.
    func function(at place: Int, named name: String) -> KernelProfile.Function {
        KernelProfile.Function(name: name, rva: starts[place], extent: UInt32(bitPattern: extents[place]))
    }

    /// The place of the function whose extent holds an address; of several that share a start, the first.
    func place(containing rva: UInt32) -> Int? {
        var low = 0
        var high = starts.count
        while low < high {
            let middle = (low + high) / 2
            if starts[middle] <= rva { low = middle + 1 } else { high = middle }
        }
        guard low > 0 else { return nil }
        var place = low - 1
        while place > 0, starts[place - 1] == starts[place] { place -= 1 }
        return rva &- starts[place] < UInt32(bitPattern: extents[place]) ? place : nil
    }
}

extension ProfileCollection {
    /// The names of functions, shared by all kernels.
    var functionNames: NameList? { list(.functionNames).map { NameList(blocks: $0) } }

    /// The functions of a kernel: decoded from the one that stands alone up to it.
    func functionTable(at index: Int) -> FunctionTable? {
        guard let nameCount = functionNames?.count, let tables = list(.functionTables),
            let chain = references(of: index)
        else { return nil }
        var table: FunctionTable?
        for kernel in chain {
            guard var cursor = tables.cursor(at: kernel) else { return nil }
            if let reference = table {
                table = FunctionTable(against: reference, &cursor, nameCount: nameCount)
            } else {
                table = FunctionTable(standingAlone: &cursor, nameCount: nameCount)
            }
            guard table != nil else { return nil }
        }
        return table
    }
}
