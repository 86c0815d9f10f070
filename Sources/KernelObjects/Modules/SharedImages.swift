import BinaryReading

/// Images that lie at one base in all processes that were looked at.
struct SharedImages {
    private var byBase: [VirtualAddress: UserImage] = [:]
    /// Bases at which processes show different images.
    private var disputed: Set<VirtualAddress> = []

    /// More libraries than Windows has.
    private static let imageLimit = 1 << 16

    /// Takes in Windows' own libraries among a process's images; returns whether that changed anything.
    mutating func add(_ images: [UserImage]) -> Bool {
        var isChanged = false
        for image in images where image.isSharedLibrary && byBase.count < Self.imageLimit {
            guard let known = byBase[image.base] else {
                byBase[image.base] = image
                isChanged = true
                continue
            }
            // The loader counts bytes, the kernel pages.
            let isSame =
                (known.byteCount + 0xFFF) >> 12 == (image.byteCount + 0xFFF) >> 12
                && lastPathPart(known.path).lowercased() == lastPathPart(image.path).lowercased()
            if !isSame, disputed.insert(image.base).inserted { isChanged = true }
        }
        return isChanged
    }

    /// The images about which there is no doubt: no two overlap, and no two processes disagree.
    var table: ImageTable {
        let sorted = byBase.values.sorted { $0.base < $1.base }
        var doubted = disputed
        var last: UserImage?
        for image in sorted {
            if let last, let distance = image.base.distance(from: last.base), distance < last.byteCount {
                doubted.formUnion([last.base, image.base])
            }
            if (last.map { $0.base + Int($0.byteCount) } ?? .null) < image.base + Int(image.byteCount) { last = image }
        }
        return ImageTable(sorted.filter { !doubted.contains($0.base) }.map(\.named))
    }
}
