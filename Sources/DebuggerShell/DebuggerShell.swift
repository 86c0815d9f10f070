/// The debugger's words over one dump.
public struct DebuggerShell: Sendable {}
