public import BinaryReading

/// The images of the processes that made tokens, by which the user part of creation traces is named.
///
/// What a process maps is known while it lives. Windows' own libraries lie at one base in all processes of a boot, so that what a process
/// mapped that is gone is told by the others; such a frame is marked (``StackFrame/isFromOtherProcess``).
public struct CreatorImages: Sendable {
    /// A process as creation entries name it.
    public struct Creator: Hashable, Sendable {
        /// Process id of the creating thread.
        public let processID: UInt64
        /// `ImageFileName` as recorded.
        public let imageName: String

        /// Names a process.
        public init(processID: UInt64, imageName: String) {
            self.processID = processID
            self.imageName = imageName
        }
    }

    /// Names the user part of one creator's traces.
    public struct Naming: Sendable {
        let own: ImageTable?
        let shared: ImageTable

        /// The frame of a return address; bare where no image is known to lie there.
        public func frame(at address: VirtualAddress) -> StackFrame {
            if let image = own?.image(containing: address) { return image.frame(at: address) }
            guard let image = shared.image(containing: address) else {
                return StackFrame(address: address, module: nil, symbol: nil, displacement: nil)
            }
            var frame = image.frame(at: address)
            frame.isFromOtherProcess = true
            return frame
        }
    }

    private var own: [Creator: ImageTable]
    private var shared: ImageTable

    /// Nothing is known of any process.
    public init() { self.init(own: [:], shared: ImageTable([])) }

    init(own: [Creator: ImageTable], shared: ImageTable) {
        self.own = own
        self.shared = shared
    }

    /// What names the frames of a creator.
    public func naming(of creator: Creator) -> Naming { Naming(own: own[creator], shared: shared) }

    /// The same with other names of images and processes.
    public func replacingNames(_ name: (String) -> String) -> CreatorImages {
        var result = self
        result.own = [:]
        let order = own.keys.sorted { ($0.processID, $0.imageName) < ($1.processID, $1.imageName) }
        for creator in order {
            guard var images = own[creator] else { continue }
            images.rename(name)
            result.own[Creator(processID: creator.processID, imageName: name(creator.imageName))] = images
        }
        result.shared.rename(name)
        return result
    }
}

extension TokenCreation {
    /// The process that it names.
    public var creator: CreatorImages.Creator { CreatorImages.Creator(processID: processID, imageName: imageName) }
}
