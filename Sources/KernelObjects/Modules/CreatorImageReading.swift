import AddressTranslation
import BinaryReading
import KernelSymbols

/// Reads the images of the processes that made tokens, and of others where those are gone.
struct CreatorImageReading {
    private let context: ReadingContext
    private let processes: [Process]
    private var tree: AddressDescriptorTree?
    private let loader: LoaderList?
    /// What was read, by position of the process: each process is read once.
    private var imagesByProcess: [Int: [UserImage]] = [:]
    private var shared = SharedImages()
    private var exports: [ExportKey: ExportedFunctions?] = [:]

    /// Processes that are read for the sake of creators that are gone.
    private static let donorLimit = 32
    /// Images of which exports are read; stacks lead through far fewer.
    private static let exportLimit = 128

    private struct ExportKey: Hashable {
        let base: VirtualAddress
        let byteCount: UInt64
        let name: String
    }

    init(_ context: ReadingContext, processes: [Process]) {
        self.context = context
        self.processes = processes
        tree = (try? AddressDescriptorLayout(context.profile)).map { AddressDescriptorTree($0, context.memory) }
        loader = try? LoaderList(context.profile)
    }

    /// The images by which the user frames of all tokens are named, by where these frames lie.
    mutating func images(for places: UserFramePlaces) -> CreatorImages {
        guard !places.places.isEmpty else { return CreatorImages() }
        let positions = positionsOfCreators(places.creators)
        var own: [ImageTable?] = positions.map { position in
            let images = position.map { self.images(ofProcess: $0) } ?? []
            return images.isEmpty ? nil : ImageTable(images.map(\.named))
        }
        for position in positions { _ = shared.add(position.flatMap { imagesByProcess[$0] } ?? []) }
        let unresolved = places.places.filter { own[$0.creator]?.image(containing: $0.address) == nil }
        readDonors(for: unresolved, creators: places.creators)
        var sharedTable = shared.table
        addExports(to: &own, positions, &sharedTable, places)
        var table: [CreatorImages.Creator: ImageTable] = [:]
        for (creator, images) in zip(places.creators, own) { table[creator] = images }
        return CreatorImages(own: table, shared: sharedTable)
    }

    /// The process that has each creator's id and name; a running one before one that has exited.
    private func positionsOfCreators(_ creators: [CreatorImages.Creator]) -> [Int?] {
        var byID: [UInt64: [Int]] = [:]
        for (position, process) in processes.enumerated() { byID[process.processID, default: []].append(position) }
        return creators.map { creator in
            let same = (byID[creator.processID] ?? []).filter { isNamed(creator.imageName, processes[$0]) }
            return same.first { !processes[$0].hasExited } ?? same.first
        }
    }

    /// Whether a process bears the name that a creation entry recorded, of at most 15 characters.
    private func isNamed(_ name: String, _ process: Process) -> Bool {
        process.shortImageName.prefix(ProcessLayout.imageNameByteCount)
            == name.prefix(ProcessLayout.imageNameByteCount)
    }

    /// The images of a process: as its loader lists them, else as the kernel's descriptors show them.
    private mutating func images(ofProcess position: Int) -> [UserImage] {
        if let known = imagesByProcess[position] { return known }
        let process = processes[position]
        var images: [UserImage] = []
        if !process.hasExited, process.directoryTableBase != 0 {
            images =
                loader?.images(
                    ofProcessAt: process.address, kernelMemory: context.memory,
                    in: context.kernel.addressSpace.withDirectoryTableBase(process.directoryTableBase)) ?? []
        }
        if images.isEmpty, let outcome = tree?.images(ofProcessAt: process.address) {
            images = outcome.images
            if let error = outcome.unreadable {
                context.note(
                    .modules, "virtual address descriptors",
                    detail: "process \(process.processID) \(process.imageName)", at: error.address,
                    why: error.reasonText, limits: "frames of this process may lack their module")
            }
        }
        imagesByProcess[position] = images
        return images
    }

    /// Reads running processes until all places are explained: first those with a creator's name, then the others by id.
    private mutating func readDonors(for unresolved: [UserFramePlaces.Place], creators: [CreatorImages.Creator]) {
        var places = unresolved
        func removeExplained() {
            let table = shared.table
            places.removeAll { table.image(containing: $0.address) != nil }
        }
        removeExplained()
        guard !places.isEmpty else { return }
        let names = Set(places.map { creators[$0.creator].imageName.prefix(ProcessLayout.imageNameByteCount) })
        let running = processes.indices.filter { !processes[$0].hasExited && imagesByProcess[$0] == nil }
        let ordered = running.sorted { left, right in
            let (own, other) = (processes[left], processes[right])
            let isNamed = [own, other].map {
                names.contains($0.shortImageName.prefix(ProcessLayout.imageNameByteCount))
            }
            guard isNamed[0] == isNamed[1] else { return isNamed[0] }
            return (own.processID, own.address) < (other.processID, other.address)
        }
        for position in ordered.prefix(Self.donorLimit) {
            guard shared.add(images(ofProcess: position)) else { continue }
            removeExplained()
            guard !places.isEmpty else { return }
        }
    }

    // MARK: Exports

    /// Reads the exports of images that frames lie in, where their pages are in the dump.
    private mutating func addExports(
        to own: inout [ImageTable?], _ positions: [Int?], _ sharedTable: inout ImageTable, _ places: UserFramePlaces
    ) {
        // A shared library is read through a process that maps it.
        let readable = imagesByProcess.keys.sorted()
        for place in places.places {
            guard exports.count < Self.exportLimit else { return }
            if let process = positions[place.creator],
                let position = own[place.creator]?.position(containing: place.address)
            {
                guard let image = own[place.creator]?.images[position], image.functions == nil else { continue }
                let functions = functions(of: image, through: [process])
                own[place.creator]?.setFunctions(functions, at: position)
            } else if let position = sharedTable.position(containing: place.address) {
                let image = sharedTable.images[position]
                guard image.functions == nil else { continue }
                let mapping = readable.filter { imagesByProcess[$0]?.contains { $0.base == image.base } == true }
                sharedTable.setFunctions(functions(of: image, through: mapping), at: position)
            }
        }
    }

    private mutating func functions(
        of image: NamedImage, through processes: [Int]
    ) -> ExportedFunctions? {
        let key = ExportKey(base: image.base, byteCount: image.byteCount, name: image.name)
        if let known = exports[key] { return known }
        var functions: ExportedFunctions?
        for position in processes where functions == nil {
            let directoryTableBase = self.processes[position].directoryTableBase
            let space = context.kernel.addressSpace.withDirectoryTableBase(directoryTableBase)
            guard directoryTableBase != 0, (try? space.translate(image.base)) != nil else { continue }
            let memory = VirtualMemory(space)
            functions = PortableExecutable(at: image.base, in: memory).flatMap {
                ExportedFunctions(of: $0, in: memory)
            }
        }
        exports[key] = .some(functions)
        return functions
    }
}
