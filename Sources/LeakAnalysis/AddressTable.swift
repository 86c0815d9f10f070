import BinaryReading

/// Positions by address, in one flat block with open addressing: a look-up touches one cache line, nothing is allocated for an entry.
///
/// The addresses come from a dump, so the hash is seeded: nobody can choose addresses that collide.
struct AddressTable: Sendable {
    private struct Slot {
        var address: UInt64
        /// Negative where the slot is free.
        var position: Int32
    }

    private var slots: [Slot]
    private let mask: Int
    private let seed: UInt64

    /// Enters addresses by their position; of equal ones the last counts.
    init(_ addresses: some Collection<VirtualAddress>) {
        var capacity = 8
        while capacity < addresses.count * 2 { capacity *= 2 }
        slots = Array(repeating: Slot(address: 0, position: -1), count: capacity)
        mask = capacity - 1
        seed = UInt64.random(in: .min ... .max) | 1
        for (position, address) in addresses.enumerated() {
            let slot = slot(of: address.rawValue)
            slots[slot] = Slot(address: address.rawValue, position: Int32(truncatingIfNeeded: position))
        }
    }

    /// The position of an address; nil where it was not entered.
    subscript(address: VirtualAddress) -> Int? {
        let found = slots[slot(of: address.rawValue)]
        return found.position < 0 ? nil : Int(found.position)
    }

    /// Where the address stands, or the free slot where it would stand; half of the slots are free.
    private func slot(of address: UInt64) -> Int {
        var mixed = (address ^ (address >> 32)) &* seed
        mixed = (mixed ^ (mixed >> 29)) &* 0xBF58_476D_1CE4_E5B9
        var slot = Int(truncatingIfNeeded: mixed >> 32) & mask
        while slots[slot].position >= 0, slots[slot].address != address { slot = (slot + 1) & mask }
        return slot
    }
}
