public import BinaryReading
public import KernelObjects

/// The state of a logon session (DESIGN §1).
public enum SessionState: String, Hashable, Sendable, CaseIterable {
    /// LUID 0x3e3 to 0x3e7.
    case system
    /// Never had a token (rule R3).
    case unused
    /// A running process or thread uses it.
    case active
    /// Not in use, past its life, still referenced.
    case leaked
    /// Not in use, and nothing shows that it is past its life.
    case idle
}

/// A fact that shows that a session is past its life, strongest first.
public enum PastLifeEvidence: Hashable, Sendable {
    /// Session flag 0x10 or 0x20: LSA declared the logoff (rule R12).
    case logoffDeclared(completed: Bool)
    /// A terminal session that one of its tokens carries has no running process.
    case terminalSessionEnded(id: UInt32, token: VirtualAddress)
    /// The window manager or font driver of a terminal session that has no running process.
    case desktopOfEndedTerminalSession(id: UInt32)
    /// An interactive, remote, batch or service logon without a running process.
    case noRunningProcess(LogonKind)
    /// Its own cached token references it.
    case selfPinned(cachedToken: VirtualAddress)
    /// A FULL half without a token of its own: what its limited half, which holds it, shows.
    case limitedHalfLeaked(luid: LUID)

    /// Name of the rule, as the JSON gives it.
    public var identifier: String {
        switch self {
        case .logoffDeclared: "logoffDeclared"
        case .terminalSessionEnded: "terminalSessionEnded"
        case .desktopOfEndedTerminalSession: "desktopOfEndedTerminalSession"
        case .noRunningProcess: "noRunningProcess"
        case .selfPinned: "selfPinned"
        case .limitedHalfLeaked: "limitedHalf"
        }
    }

    /// The fact in words, without a subject.
    public var text: String {
        switch self {
        case .logoffDeclared(let completed): "its logoff was \(completed ? "completed" : "announced")"
        case .terminalSessionEnded(let id, _): "terminal session \(id) ended"
        case .desktopOfEndedTerminalSession(let id): "it served terminal session \(id), which ended"
        case .noRunningProcess(let kind): "no process of this \(kind.text) logon runs"
        case .selfPinned: "its own cached token references it"
        case .limitedHalfLeaked(let luid): "its limited half \(luid) leaked"
        }
    }

    /// How sure the fact alone makes it.
    var confidence: Confidence {
        if case .noRunningProcess = self { return .likely }
        return .certain
    }
}
