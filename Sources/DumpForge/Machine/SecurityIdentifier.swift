/// A SID of the forged machine.
struct SecurityIdentifier: Hashable {
    let authority: UInt64
    let subauthorities: [UInt32]

    init(_ authority: UInt64, _ subauthorities: UInt32...) {
        self.authority = authority
        self.subauthorities = subauthorities
    }

    init(_ authority: UInt64, _ subauthorities: [UInt32]) {
        self.authority = authority
        self.subauthorities = subauthorities
    }

    /// `S-1-5-18`.
    var text: String { "S-1-\(authority)" + subauthorities.map { "-\($0)" }.joined() }

    /// The bytes in memory.
    var bytes: [UInt8] {
        var bytes: [UInt8] = [1, UInt8(truncatingIfNeeded: subauthorities.count)]
        for index in 0..<6 { bytes.append(UInt8(truncatingIfNeeded: authority >> UInt64(40 - 8 * index))) }
        for part in subauthorities { bytes.append(UInt64(part), byteCount: 4) }
        return bytes
    }

    static let everyone = Self(1, 0)
    static let local = Self(2, 0)
    static let anonymous = Self(5, 7)
    static let authenticatedUsers = Self(5, 11)
    static let thisOrganization = Self(5, 15)
    static let remoteInteractive = Self(5, 14)
    static let interactive = Self(5, 4)
    static let network = Self(5, 2)
    static let batch = Self(5, 3)
    static let service = Self(5, 6)
    static let system = Self(5, 18)
    static let localService = Self(5, 19)
    static let networkService = Self(5, 20)
    static let administrators = Self(5, 32, 544)
    static let users = Self(5, 32, 545)
    static let windowManagerGroup = Self(5, 90, 0)
    static let fontDriverGroup = Self(5, 96, 0)

    /// The logon SID that goes with a session's LUID.
    static func logon(_ luid: UInt64) -> Self {
        Self(5, 5, UInt32(truncatingIfNeeded: luid >> 32), UInt32(truncatingIfNeeded: luid))
    }

    /// An integrity label.
    static func integrity(_ level: UInt32) -> Self { Self(16, level) }
}

/// A group of a token with its attributes.
struct GroupMembership: Hashable {
    let sid: SecurityIdentifier
    let attributes: UInt32

    init(_ sid: SecurityIdentifier, _ attributes: UInt32 = 7) {
        self.sid = sid
        self.attributes = attributes
    }
}
