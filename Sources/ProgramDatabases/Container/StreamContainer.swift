import FileMapping

/// A file of numbered streams, each scattered over blocks of one size (MSF 7.00, `pdb/README.md` §1).
///
/// Nothing but the directory is read on opening. Every count is held against the size of the file before anything is allocated.
struct StreamContainer: Sendable {
    /// Bytes before the block map addresses.
    private static let headerByteCount = 52
    private static let nilByteCount: UInt32 = 0xFFFF_FFFF

    let file: MappedFile
    /// Bytes of a block: a power of two from 512 to 65,536.
    let blockByteCount: Int
    /// Blocks that the superblock claims.
    let claimedBlockCount: UInt32
    private let directory: StreamBytes
    /// Bytes of each stream; nil for a stream that does not exist.
    let streamByteCounts: [Int?]
    /// Where in the directory the block numbers of each stream begin, in words.
    private let firstBlockWords: [Int]

    /// Reads superblock and directory.
    init(_ file: MappedFile) throws(ProgramDatabaseError) {
        self.file = file
        if let format = ForeignFormat(of: file) {
            throw ProgramDatabaseError(path: file.path, part: "the superblock", .foreign(format))
        }
        func damaged(_ part: String, at offset: Int?, _ words: String) -> ProgramDatabaseError {
            ProgramDatabaseError(path: file.path, part: part, offset: offset, .damaged(words))
        }
        guard let size = file.loadIfPresent(UInt32.self, at: 32), let blocks = file.loadIfPresent(UInt32.self, at: 40),
            let directoryBytes = file.loadIfPresent(UInt32.self, at: 44)
        else { throw damaged("the superblock", at: 32, "the file ends after \(file.byteCount) bytes") }
        guard size.nonzeroBitCount == 1, (512...65_536).contains(size) else {
            throw damaged("the superblock", at: 32, "a block size of \(size), not a power of two from 512 to 65536")
        }
        blockByteCount = Int(size)
        claimedBlockCount = blocks
        guard Int(directoryBytes) >= 4, Int(directoryBytes) <= file.byteCount else {
            throw damaged(
                "the superblock", at: 44,
                "a directory of \(directoryBytes) bytes in a file of \(file.byteCount)")
        }
        do throws(BlockError) {
            directory = try Self.directory(of: file, byteCount: Int(directoryBytes), blockByteCount: Int(size))
        } catch { throw damaged("the stream directory", at: error.position, error.words) }
        (streamByteCounts, firstBlockWords) = try Self.streams(in: directory, path: file.path, Int(size))
    }

    /// What is wrong with a block number, and where it stands.
    private struct BlockError: Error {
        let position: Int?
        let words: String
    }

    /// The block map addresses in the header name blocks, which name the blocks of the directory.
    private static func directory(of file: MappedFile, byteCount: Int, blockByteCount: Int) throws(BlockError)
        -> StreamBytes
    {
        let blockCount = (byteCount + blockByteCount - 1) / blockByteCount
        let mapBlockCount = (blockCount * 4 + blockByteCount - 1) / blockByteCount
        guard headerByteCount + 4 * mapBlockCount <= file.byteCount else {
            throw BlockError(position: headerByteCount, words: "the file ends in its list of block maps")
        }
        var blocks: [UInt32] = []
        for index in 0..<blockCount {
            let (map, place) = (index * 4).quotientAndRemainder(dividingBy: blockByteCount)
            let position = headerByteCount + 4 * map
            guard let address = file.loadIfPresent(UInt32.self, at: position), address > 0,
                let block = file.loadIfPresent(UInt32.self, at: Int(address) * blockByteCount + place)
            else { throw BlockError(position: position, words: "the block map address leads outside the blocks") }
            blocks.append(block)
        }
        return try collect(blocks, byteCount: byteCount, blockByteCount, file)
    }

    /// The bytes of blocks in order: no copy where they lie behind each other. The last may be cut by the file's end.
    private static func collect(
        _ blocks: some RandomAccessCollection<UInt32>, byteCount: Int, _ blockByteCount: Int, _ file: MappedFile
    ) throws(BlockError) -> StreamBytes {
        var rest = byteCount
        var isContiguous = true
        var expected = blocks.first ?? 0
        for block in blocks {
            let needed = Swift.min(rest, blockByteCount)
            // 32 bits times at most 2^16 cannot overflow.
            guard block > 0, Int(block) * blockByteCount <= file.byteCount - needed else {
                throw BlockError(position: nil, words: "block \(block) lies outside the file")
            }
            if block != expected { isContiguous = false }
            expected = block &+ 1
            rest -= needed
        }
        guard let first = blocks.first else { return StreamBytes(file: file, start: 0, count: 0) }
        if isContiguous { return StreamBytes(file: file, start: Int(first) * blockByteCount, count: byteCount) }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(byteCount)
        file.withBytes { all in
            for block in blocks {
                let start = Int(block) * blockByteCount
                let count = Swift.min(byteCount - bytes.count, blockByteCount)
                unsafe all.extracting(start..<(start + count)).withUnsafeBytes { unsafe bytes.append(contentsOf: $0) }
            }
        }
        return StreamBytes(bytes)
    }

    private static func streams(in directory: StreamBytes, path: String, _ blockByteCount: Int)
        throws(ProgramDatabaseError) -> (sizes: [Int?], firstWords: [Int])
    {
        let count = Int(directory.load(UInt32.self, at: 0) ?? 0)
        guard count <= directory.count / 4 - 1 else {
            throw ProgramDatabaseError(
                path: path, part: "the stream directory", offset: 0,
                .damaged("\(count) streams in a directory of \(directory.count) bytes"))
        }
        var sizes: [Int?] = []
        var firstWords: [Int] = []
        sizes.reserveCapacity(count)
        firstWords.reserveCapacity(count)
        var word = 1 + count
        for index in 0..<count {
            let size = directory.load(UInt32.self, at: 4 + 4 * index) ?? nilByteCount
            sizes.append(size == nilByteCount ? nil : Int(size))
            firstWords.append(word)
            if size != nilByteCount { word += (Int(size) + blockByteCount - 1) / blockByteCount }
        }
        return (sizes, firstWords)
    }

    /// Number of streams in the directory.
    var streamCount: Int { streamByteCounts.count }

    /// The bytes of a stream; nil where there is no such stream.
    ///
    /// - Parameters:
    ///   - number: The stream; 0xFFFF stands for none.
    ///   - part: What it is, for the error.
    func stream(_ number: Int, _ part: String) throws(ProgramDatabaseError) -> StreamBytes? {
        guard number >= 0, number < streamCount, let size = streamByteCounts[number] else { return nil }
        func damaged(_ words: String) -> ProgramDatabaseError {
            ProgramDatabaseError(path: file.path, part: part, stream: number, .damaged(words))
        }
        guard size <= file.byteCount else { throw damaged("\(size) bytes in a file of \(file.byteCount)") }
        let blockCount = (size + blockByteCount - 1) / blockByteCount
        let first = firstBlockWords[number]
        guard first <= directory.count / 4 - blockCount else {
            throw damaged("its block numbers lie outside the directory")
        }
        let blocks = (0..<blockCount).map { directory.load(UInt32.self, at: 4 * (first + $0)) ?? 0 }
        do throws(BlockError) {
            return try Self.collect(blocks, byteCount: size, blockByteCount, file)
        } catch { throw damaged(error.words) }
    }
}
