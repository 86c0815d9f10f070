import KernelProfiles

/// What a kernel can do, read off its layouts and symbols (`sessions.md` §11).
struct KernelFeatures {
    let build: Int
    /// Whether leak tracking exists in this kernel.
    let canTrack: Bool
    /// Whether leak tracking is on.
    let tracking: Bool
    /// Whether tokens keep a reference to their terminal session's object (MS16-111).
    let tracksSessionObject: Bool
    /// Whether handle entries hold references in advance.
    let hasHandleCredit: Bool
    /// Whether the used flag and the logoff flags of logon sessions are set.
    let hasUsedFlag = true
    /// Whether LSA declares interactive logoffs by session flags.
    let hasLogoffFlags: Bool
    /// Whether window managers have accounts of their own, and font drivers.
    let hasWindowManagerAccounts: Bool
    let hasFontDriverAccounts: Bool
    /// Whether creation traces are cleared behind the frames.
    let clearsTraces: Bool
    /// Whether buckets are found by multiplication.
    let multipliesHash: Bool

    init(profile: KernelProfile, tracking: Bool) {
        build = profile.build
        canTrack = profile.symbol(named: "SeTokenLeakTracking") != nil
        self.tracking = tracking && canTrack
        tracksSessionObject = profile.structure(named: "_TOKEN")?["SessionObject"] != nil
        hasHandleCredit = profile.structure(named: "_HANDLE_TABLE_ENTRY")?["RefCnt"] != nil
        hasLogoffFlags = build >= 10240
        hasWindowManagerAccounts = build >= 9200
        hasFontDriverAccounts = build >= 10240
        clearsTraces = build >= 20348
        multipliesHash = ![10240, 10586, 15063, 16299, 17134, 17763].contains(build) && build >= 10240
    }

    /// The chain of a LUID.
    func bucket(of luid: UInt64) -> Int {
        let low = UInt32(truncatingIfNeeded: luid)
        return Int(multipliesHash ? (low &* 0x5B25_0A24) >> 28 : low & 0xF)
    }
}
