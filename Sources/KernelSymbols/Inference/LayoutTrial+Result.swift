import BinaryReading
import KernelProfiles

extension LayoutTrial {
    /// Orders trials that passed, the better ones first.
    struct Rank: Comparable {
        let confidence: Int
        let failed: Int
        let held: Int

        static func < (left: Rank, right: Rank) -> Bool {
            (left.confidence, left.failed, right.held) < (right.confidence, right.failed, left.held)
        }
    }

    var rank: Rank {
        let order: [KernelInference.Confidence] = [.certain, .likely, .possible]
        return Rank(confidence: order.firstIndex(of: confidence) ?? 0, failed: tally.failed, held: tally.held)
    }

    /// How far the layout may be trusted.
    var confidence: KernelInference.Confidence {
        let isConfirmed = agreement == .exact
        guard candidate.isSameBuild || isConfirmed, tally.failed == 0 || (candidate.isSameBuild && isConfirmed) else {
            return .possible
        }
        return candidate.isSameBuild && isConfirmed && tally.failed == 0 ? .certain : .likely
    }

    /// What was borrowed, found, checked and missed.
    var inference: KernelInference {
        KernelInference(
            confidence: confidence, layoutVersion: layoutVersion, facts: facts, checks: tally.checks,
            missing: missing, objectHeaderCookie: types.cookie, recordsCreators: recordsCreators)
    }

    private var layoutVersion: String { candidate.nearestVersion(to: symbols.mapValues(\.rva)) }

    private var facts: [KernelInference.Fact] {
        let sameBuild = candidate.isSameBuild ? "another revision of the same build" : "a neighbouring build"
        let sizes =
            switch agreement {
            case .exact: "the sizes in KDBG are the same"
            case .resized: "KDBG states a structure that differs at its end, which moves no field"
            default: "KDBG is not readable, so that its sizes confirm nothing"
            }
        var facts = [
            KernelInference.Fact(
                name: "layouts", value: layoutVersion, how: "borrowed of \(sameBuild); \(sizes)")
        ]
        if let cookie = types.cookie {
            facts.append(
                KernelInference.Fact(
                    name: "object header cookie", value: cookie.hexText, how: "the headers of all type objects show it")
            )
        }
        if let recordsCreators {
            facts.append(
                KernelInference.Fact(
                    name: "leak tracking", value: recordsCreators ? "on" : "off",
                    how: recordsCreators
                        ? "tokens name their creators" : "no token that was looked at names its creator"))
        }
        if holdsTerminalSessions {
            facts.append(
                KernelInference.Fact(
                    name: "tokens hold terminal sessions", value: "yes", how: "SessionObject of tokens is set"))
        }
        if candidate.profile.structure(named: "_MMPTE_SOFTWARE")?["SwizzleBit"] != nil {
            facts.append(
                KernelInference.Fact(
                    name: "mask of invalid page-table entries", value: "not known",
                    how: "each such entry is read with its highest bit of 40 to 47 cleared"))
        }
        let found = symbols.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
        return facts
            + found.map { name, symbol in
                KernelInference.Fact(
                    name: name, value: (ground.place.base + Int(symbol.rva)).description, how: symbol.how)
            }
    }

    private var holdsTerminalSessions: Bool {
        layout.field("_TOKEN.SessionObject") != nil
            && tokens.contains { probe.word("_TOKEN.SessionObject", of: $0).map { $0 != 0 } ?? false }
    }

    private static let wanted: [(symbol: String, limits: String)] = [
        ("SeTokenObjectType", "how many tokens there are, and which handles are to tokens"),
        ("PsProcessType", "which handles are to processes"), ("PsThreadType", "which handles are to threads"),
        ("PsLoadedModuleList", "modules are not listed, and frames in drivers are not named"),
        ("MmUnloadedDrivers", "drivers unloaded since boot are not listed"),
        ("MmLastUnloadedDriver", "the order of the drivers unloaded since boot"),
        ("SeAnonymousLogonToken", "the anonymous token may be found by a scan of the pool alone"),
        ("SeAnonymousLogonTokenNoEveryone", "the anonymous token may be found by a scan of the pool alone"),
        ("PoolBigPageTable", "a scan of the pool does not see objects of a page and more"),
        ("PoolBigPageTableSize", "a scan of the pool does not see objects of a page and more"),
    ]

    private var missing: [KernelInference.Missing] {
        var missing = Self.wanted.filter { symbols[$0.symbol] == nil }.map {
            KernelInference.Missing(symbol: $0.symbol, limits: $0.limits)
        }
        if layout.field("_TOKEN.DiagnosticInfo") != nil, recordsCreators == nil {
            missing.append(
                KernelInference.Missing(symbol: "SeTokenLeakTracking", limits: "whether creators were recorded"))
        }
        if layout.field("_TOKEN.SessionObject") != nil, !holdsTerminalSessions {
            missing.append(
                KernelInference.Missing(
                    symbol: "SeTokenDoesNotTrackSessionObject",
                    limits: "whether tokens hold their terminal session; it is taken that they do, the default"))
        }
        return missing
    }
}
