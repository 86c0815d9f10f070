import BinaryReading

/// Where the user frames of all traces lie, in steps of 64 KiB: an image begins at such a step, so that all frames of a step are of one image.
struct UserFramePlaces: Sendable {
    /// A step in the user half of one creator.
    struct Place: Sendable {
        let creator: Int
        /// The first frame that was seen there.
        let address: VirtualAddress
    }

    private(set) var creators: [CreatorImages.Creator] = []
    private(set) var places: [Place] = []

    /// More places than any sound dump has.
    private static let placeLimit = 1 << 20

    init(_ tokens: [Token]) {
        var numbers: [CreatorImages.Creator: Int] = [:]
        var last: (creator: CreatorImages.Creator, number: Int)?
        var seen = PositionTable()
        for token in tokens {
            guard let creation = token.creation, creation.trace.last?.isKernel == false else { continue }
            let creator = creation.creator
            let number: Int
            if let last, last.creator == creator {
                number = last.number
            } else {
                number = numbers[creator] ?? creators.count
                if number == creators.count {
                    numbers[creator] = number
                    creators.append(creator)
                }
                last = (creator, number)
            }
            for address in creation.trace.reversed() {
                guard !address.isKernel else { break }
                // User addresses have 47 bits; the number of the creator fits beside the step.
                let key = UInt64(number) << 40 ^ address.rawValue >> 16
                guard seen[key] == nil, places.count < Self.placeLimit else { continue }
                seen[key] = places.count
                places.append(Place(creator: number, address: address))
            }
        }
    }
}
