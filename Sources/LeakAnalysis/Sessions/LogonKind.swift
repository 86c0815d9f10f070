import BinaryReading
import KernelObjects

/// What kind of logon made a session (DESIGN §1).
public enum LogonKind: String, Hashable, Sendable, CaseIterable {
    /// LUID 0x3e3 to 0x3e7.
    case system
    /// A desktop window manager, user S-1-5-90-0-n.
    case windowManager
    /// A font driver host, user S-1-5-96-0-n.
    case fontDriver
    /// Group S-1-5-14.
    case remoteInteractive
    /// Group S-1-5-4.
    case interactive
    /// Group S-1-5-2.
    case network
    /// Group S-1-5-3.
    case batch
    /// Group S-1-5-6.
    case service
    /// No readable token says.
    case unknown

    /// The kind in words.
    public var text: String {
        switch self {
        case .windowManager: "window manager"
        case .fontDriver: "font driver"
        case .remoteInteractive: "remote interactive"
        case .system, .interactive, .network, .batch, .service, .unknown: rawValue
        }
    }

    /// Whether such a session lives only as long as a process of it runs: interactive, remote, batch or service.
    var needsProcess: Bool {
        switch self {
        case .interactive, .remoteInteractive, .batch, .service: true
        case .system, .windowManager, .fontDriver, .network, .unknown: false
        }
    }

    /// The kind that a token's groups show; nil where they show none.
    init?(groups: [Token.Group]) {
        var best: LogonKind?
        for group in groups {
            guard let kind = LogonKind(group: group.sid) else { continue }
            if kind.rank < (best?.rank ?? .max) { best = kind }
        }
        guard let best else { return nil }
        self = best
    }

    /// The kind that a token's user shows; nil where it shows none.
    init?(virtualUser sid: SID) {
        guard let account = sid.terminalSessionOfVirtualAccount else { return nil }
        self = account.isWindowManager ? .windowManager : .fontDriver
    }

    private init?(group sid: SID) {
        guard sid.identifierAuthority == 5, sid.subAuthorities.count == 1 else { return nil }
        switch sid.subAuthorities[0] {
        case 14: self = .remoteInteractive
        case 4: self = .interactive
        case 2: self = .network
        case 3: self = .batch
        case 6: self = .service
        default: return nil
        }
    }

    /// The first that applies wins: the order in which the kinds are listed.
    var rank: Int {
        switch self {
        case .system: 0
        case .windowManager: 1
        case .fontDriver: 2
        case .remoteInteractive: 3
        case .interactive: 4
        case .network: 5
        case .batch: 6
        case .service: 7
        case .unknown: 8
        }
    }
}
