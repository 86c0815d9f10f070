/// What a handle refers to: the object's number in the model.
enum ObjectReference: Hashable {
    case token(Int)
    case process(Int)
    case thread(Int)
    /// An object that only has to be there: an event, a file, a key; by number.
    case other(Int)
}

/// A handle of a process.
struct ModelHandle {
    /// The handle's value; kernel handles carry their high bits.
    let value: UInt64
    let object: ObjectReference
    let access: UInt32
    /// References that the entry holds in advance (`sessions.md` R10), besides the handle's own.
    let credit: UInt64
}

/// How a token came to be; the raw value is the number in the diagnostic entry.
enum CreationMethod: UInt32 {
    case create = 12
    case duplicate = 13
    case filter = 15

    /// The word in a truth file.
    var name: String {
        switch self {
        case .create: "create"
        case .duplicate: "duplicate"
        case .filter: "filter"
        }
    }
}

/// Who made a token, and on which way through the kernel.
struct ModelCreator {
    let process: Int
    let thread: UInt32
    let method: CreationMethod
    let path: CreationPath
}

/// What is spoilt of a token.
enum TokenDamage: Hashable {
    case pagedOut, notInDump, groupCount, groupsPointer, diagnosticPointer, sessionPointer

    /// The word in a truth file; nil where the whole token is missing.
    var name: String? {
        switch self {
        case .pagedOut, .notInDump: nil
        case .groupCount: "group count"
        case .groupsPointer: "groups pointer"
        case .diagnosticPointer: "diagnostic"
        case .sessionPointer: "session pointer"
        }
    }
}

/// A token.
struct ModelToken {
    var tokenID: UInt64 = 0
    var session: Int
    var parentTokenID: UInt64 = 0
    var modifiedID: UInt64 = 0
    var isPrimary: Bool
    var level: UInt32 = 0
    var terminalSession: UInt32 = 0
    /// Number of the terminal session whose object it pins; nil where the token tracks none.
    var pinnedTerminal: Int?
    var flags: UInt32
    /// Number of its list of user and groups.
    var groups: Int
    var privileges: UInt64
    var origin: UInt64
    var source: String
    var isInUse = false
    var isMadeBySystem = false
    var creator: ModelCreator?
    var captureCount: Int32 = 0
    /// References by kernel code that no table explains.
    var kernelReferences = 0
    /// The token that it holds by TrustLinkedToken.
    var trustLink: Int?
    var damage: TokenDamage?
    /// The package of an AppContainer's token.
    var package: SecurityIdentifier?

    /// Whether it counts as a reference to its logon session.
    var isReferencing: Bool { flags & 0x20 == 0 }
}

/// What is spoilt of a logon session.
enum SessionDamage: Hashable {
    case chainCut, chainCycle, tokenListWild, tokenListCycle, tokenListZero, pagedOut
    case referenceCount(Int64)
    case namePointer, nameLength

    /// The word in a truth file; nil for what has a key of its own.
    var name: String? {
        switch self {
        case .chainCut, .chainCycle, .pagedOut: nil
        case .tokenListWild: "token list wild"
        case .tokenListCycle: "token list cycle"
        case .tokenListZero: "token list zero"
        case .referenceCount: "reference count"
        case .namePointer: "name pointer"
        case .nameLength: "name length"
        }
    }
}

/// A logon session.
struct ModelLogonSession {
    let luid: UInt64
    var account: String
    var authority: String
    var flags: UInt32 = 0
    /// Number of the other half of a UAC pair.
    var buddy: Int?
    /// Number of the cached token.
    var cachedToken: Int?
    /// Whether the session never had a token.
    var isUnused = false
    /// Number of the server container's job among the other objects; nil for the host.
    var silo: Int?
    var damage: SessionDamage?
}

/// A terminal session.
struct ModelTerminalSession {
    let id: UInt32
    var isLive = true
}

/// A thread.
struct ModelThread {
    let id: UInt32
    let process: Int
    let created: UInt64
    /// The token that it impersonates.
    var impersonation: Int?
    var isExited = false
}

/// A process.
struct ModelProcess {
    let id: UInt32
    let parent: UInt32
    /// The full name of its image file.
    let image: String
    /// Folder of the image file; nil for processes without a file.
    let folder: String?
    let created: UInt64
    var exited: UInt64?
    var token: Int
    /// References cached in the low bits of the token slot.
    var tokenCredit: UInt64
    let terminal: Int?
    var threads: [Int] = []
    var handles: [ModelHandle] = []
    var nextHandle: UInt64 = 4
    var serviceGroup: String?
    /// Names of the services in a service host.
    var services: [String] = []
    var kernelReferences = 0
    /// Numbers of handle-table pages that are paged out.
    var lostHandlePages: Set<Int> = []
    /// Whether its forward link is wild.
    var hasWildLink = false

    /// At most 14 characters of the name, as EPROCESS has it.
    var imageFileName: String { String(image.prefix(14)) }
}
