/// How sure a statement is.
public enum Confidence: Int, Hashable, Comparable, Sendable, CaseIterable {
    /// Rests on an unverified or derived fact besides weak evidence.
    case possible
    /// Rests on evidence that has known exceptions.
    case likely
    /// Rests on what the kernel itself recorded.
    case certain

    /// One step less sure; `possible` stays.
    public var lowered: Confidence { Confidence(rawValue: rawValue - 1) ?? .possible }

    /// Orders from `possible` to `certain`.
    public static func < (left: Confidence, right: Confidence) -> Bool { left.rawValue < right.rawValue }
}

/// How much a finding matters.
public enum Severity: Int, Hashable, Comparable, Sendable, CaseIterable {
    /// Worth knowing; nothing is wrong because of it.
    case notice
    /// May become, hide or explain a leak.
    case warning
    /// A leak.
    case critical

    /// Orders from `notice` to `critical`.
    public static func < (left: Severity, right: Severity) -> Bool { left.rawValue < right.rawValue }
}
