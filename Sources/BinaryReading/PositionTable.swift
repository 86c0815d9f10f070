/// Positions by address, or by another number of 64 bits, in one flat block with open addressing: a look-up touches one cache line, and
/// nothing is allocated for an entry.
///
/// The numbers come from a dump, so the hash is seeded: nobody can choose numbers that collide.
package struct PositionTable: Sendable {
    @usableFromInline struct Slot: Sendable {
        @usableFromInline var key: UInt64
        /// Negative where the slot is free.
        @usableFromInline var position: Int32

        @inlinable init(key: UInt64, position: Int32) {
            self.key = key
            self.position = position
        }
    }

    @usableFromInline var slots: [Slot]
    @usableFromInline var mask: Int
    @usableFromInline let seed: UInt64
    /// Number of entries.
    @usableFromInline package var count = 0

    /// Makes an empty table with room for some entries; it grows.
    @inlinable package init(minimumCapacity: Int = 0) {
        var capacity = 8
        while capacity < minimumCapacity &* 2 { capacity &*= 2 }
        slots = Array(repeating: Slot(key: 0, position: -1), count: capacity)
        mask = capacity &- 1
        seed = UInt64.random(in: .min ... .max) | 1
    }

    /// Enters addresses by their position; of equal ones the last counts.
    package init(_ addresses: [VirtualAddress]) {
        self.init(minimumCapacity: addresses.count)
        for position in addresses.indices { self[addresses[position].rawValue] = position }
    }

    /// The position of an address; nil where it was not entered.
    @inlinable package subscript(address: VirtualAddress) -> Int? {
        get { self[address.rawValue] }
        set { self[address.rawValue] = newValue }
    }

    /// The position of a number; nil where it was not entered. Entries cannot be taken out: setting nil does nothing.
    @inlinable package subscript(key: UInt64) -> Int? {
        get {
            let found = slots[slot(of: key)]
            return found.position < 0 ? nil : Int(found.position)
        }
        set {
            guard let newValue, let position = Int32(exactly: newValue), position >= 0 else { return }
            if (count &+ 1) &* 2 > slots.count { grow() }
            let slot = slot(of: key)
            if slots[slot].position < 0 { count &+= 1 }
            slots[slot] = Slot(key: key, position: position)
        }
    }

    @usableFromInline mutating func grow() {
        let old = slots
        slots = Array(repeating: Slot(key: 0, position: -1), count: old.count * 2)
        mask = slots.count - 1
        for entry in old where entry.position >= 0 { slots[slot(of: entry.key)] = entry }
    }

    /// Where the number stands, or the free slot where it would stand; half of the slots are free.
    @inlinable func slot(of key: UInt64) -> Int {
        var mixed = (key ^ (key >> 32)) &* seed
        mixed = (mixed ^ (mixed >> 29)) &* 0xBF58_476D_1CE4_E5B9
        var slot = Int(truncatingIfNeeded: mixed >> 32) & mask
        while slots[slot].position >= 0, slots[slot].key != key { slot = (slot &+ 1) & mask }
        return slot
    }
}

/// A hash of several numbers, seeded like ``PositionTable``: equal sequences have equal fingerprints within one run of the program.
package struct Fingerprint: Sendable {
    /// The hash so far.
    @usableFromInline package var value: UInt64
    private static let seed = UInt64.random(in: .min ... .max) | 1

    /// The hash of nothing.
    package init() { value = Self.seed }

    /// Takes in a number.
    @inlinable package mutating func combine(_ number: UInt64) {
        let product = (value ^ number).multipliedFullWidth(by: 0x9E37_79B9_7F4A_7C15)
        value = product.high ^ product.low &+ number.byteSwapped
    }
}
