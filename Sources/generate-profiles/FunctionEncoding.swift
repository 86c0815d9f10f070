import KernelProfiles

extension KernelFacts.FunctionFacts {
    /// The functions written so that nothing else is needed to read them.
    func encodedAlone() -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.append(number: names.count)
        var last: Int32 = 0
        for name in names {
            bytes.append(signed: Int64(name - last))
            last = name
        }
        for extent in extents { bytes.append(number: Int(extent)) }
        bytes += Self.exceptions(gaps)
        return bytes
    }

    /// The functions written against another kernel's.
    func encoded(against reference: FunctionExpectations) -> [UInt8] {
        var nameExceptions: [Int32] = []
        var last = reference.successors.count - 1
        for name in names {
            nameExceptions.append(name - reference.successors[last])
            last = Int(name)
        }
        var bytes: [UInt8] = []
        bytes.append(number: names.count)
        bytes += Self.exceptions(nameExceptions)
        bytes += Self.exceptions(zip(names, gaps).map { $1 - reference.gaps[Int($0)] })
        bytes += Self.exceptions(zip(names, extents).map { $1 - reference.extents[Int($0)] })
        return bytes
    }

    /// Differences that are not zero: how many, then for each how many zeros stand before it, and its value.
    private static func exceptions(_ differences: [Int32]) -> [UInt8] {
        var bytes: [UInt8] = []
        var run = 0
        var count = 0
        for difference in differences {
            guard difference != 0 else {
                run += 1
                continue
            }
            bytes.append(number: run)
            bytes.append(signed: Int64(difference))
            run = 0
            count += 1
        }
        var head: [UInt8] = []
        head.append(number: count)
        return head + bytes
    }
}

/// What a kernel that is written against another expects of each name: its successor, its gap, its extent.
struct FunctionExpectations {
    let successors: [Int32]
    let gaps: [Int32]
    let extents: [Int32]

    init(of functions: KernelFacts.FunctionFacts, nameCount: Int) {
        var successors = [Int32](0...Int32(nameCount))
        successors[nameCount] = functions.names.first ?? 0
        var gaps = [Int32](repeating: 0, count: nameCount)
        var extents = gaps
        for (index, name) in functions.names.enumerated() {
            if index + 1 < functions.names.count { successors[Int(name)] = functions.names[index + 1] }
            gaps[Int(name)] = functions.gaps[index]
            extents[Int(name)] = functions.extents[index]
        }
        self.successors = successors
        self.gaps = gaps
        self.extents = extents
    }
}

/// For each kernel the one that its functions are written against, and the bytes.
struct FunctionReferences {
    private(set) var references: [Int?]
    private(set) var encoded: [[UInt8]]

    /// Kernels of a build refer to each other as a tree of least size, grown from the root that gives the smallest.
    init(_ facts: KernelFacts) {
        references = [Int?](repeating: nil, count: facts.kernels.count)
        encoded = facts.kernels.map { $0.functions.encodedAlone() }
        let builds = Dictionary(grouping: facts.kernels.indices) { facts.kernels[$0].build }
        for build in builds.keys.sorted() { addTree(builds[build] ?? [], facts) }
    }

    private mutating func addTree(_ members: [Int], _ facts: KernelFacts) {
        let expectations = members.map {
            FunctionExpectations(of: facts.kernels[$0].functions, nameCount: facts.functionNames.count)
        }
        // costs[child][parent]; the diagonal is what standing alone costs.
        let costs = members.indices.map { child in
            members.indices.map { parent in
                child == parent
                    ? encoded[members[child]].count
                    : facts.kernels[members[child]].functions.encoded(against: expectations[parent]).count
            }
        }
        let trees = members.indices.map { Self.tree(root: $0, costs) }
        guard let best = trees.min(by: { $0.size < $1.size }) else { return }
        for (child, parent) in best.parents.enumerated() {
            guard let parent else { continue }
            references[members[child]] = members[parent]
            encoded[members[child]] = facts.kernels[members[child]].functions.encoded(against: expectations[parent])
        }
    }

    /// Grows a tree by the cheapest branch until all are in it, no deeper than a reader follows.
    private static func tree(root: Int, _ costs: [[Int]]) -> (parents: [Int?], size: Int) {
        var parents = [Int?](repeating: nil, count: costs.count)
        var depths = [root: 0]
        var size = costs[root][root]
        while depths.count < costs.count {
            var best: (cost: Int, child: Int, parent: Int)?
            for child in costs.indices where depths[child] == nil {
                for parent in costs.indices {
                    guard let depth = depths[parent], depth < ProfileCollection.maximumReferenceDepth else { continue }
                    if costs[child][parent] < best?.cost ?? .max { best = (costs[child][parent], child, parent) }
                }
            }
            guard let best else { break }
            parents[best.child] = best.parent
            depths[best.child] = (depths[best.parent] ?? 0) + 1
            size += best.cost
        }
        return (parents, size)
    }
}
