import KernelObjects

/// Names that are the same on every Windows, so that they tell nothing of this one.
enum WellKnownNames {
    /// Authorities that Windows brings, in lower case. Their accounts are its own, but for those in `authoritiesWithOwnAccounts`.
    static let authorities: Set<String> = [
        "nt authority", "builtin", "window manager", "font driver host", "nt service", "nt virtual machine",
        "iis apppool", "application package authority", "mandatory label", "workgroup",
    ]

    /// Authorities whose accounts somebody named.
    static let authoritiesWithOwnAccounts: Set<String> = ["iis apppool", "nt virtual machine", "workgroup"]

    /// Accounts that every machine or domain has.
    static let accounts: Set<String> = [
        "administrator", "guest", "defaultaccount", "wdagutilityaccount", "krbtgt", "system", "local service",
        "network service", "anonymous logon", "iusr",
    ]

    /// Folders of `Users` that belong to nobody.
    static let profiles: Set<String> = ["public", "default", "default user", "all users"]

    /// Images of Windows itself: their names stay whole, whatever an account is called.
    static let images: Set<String> = [
        "system", "registry", "memcompression", "memory compression", "secure system", "idle", "smss.exe", "csrss.exe",
        "wininit.exe", "winlogon.exe", "services.exe", "lsass.exe", "lsaiso.exe", "svchost.exe", "fontdrvhost.exe",
        "dwm.exe", "explorer.exe", "spoolsv.exe", "taskhostw.exe", "sihost.exe", "logonui.exe", "userinit.exe",
        "runtimebroker.exe", "conhost.exe", "dllhost.exe", "wmiprvse.exe", "msmpeng.exe", "rdpclip.exe", "w3wp.exe",
        "ntoskrnl.exe", "nt",
    ]
}

extension SID {
    /// The part of the SID that tells whose it is, and what comes after it; nil where the SID is the same on every Windows.
    ///
    /// Domains and machines (S-1-5-21-x-y-z), application pools (S-1-5-82-…), virtual machines (S-1-5-83-1-…), and accounts of a cloud
    /// directory (S-1-12-1-…).
    var identifyingPart: (head: [UInt32], identifying: ArraySlice<UInt32>, rest: ArraySlice<UInt32>)? {
        func split(_ head: Int, _ identifying: Int) -> (
            head: [UInt32], identifying: ArraySlice<UInt32>, rest: ArraySlice<UInt32>
        )? {
            guard subAuthorities.count >= head + identifying else { return nil }
            let end = head + identifying
            return (Array(subAuthorities[..<head]), subAuthorities[head..<end], subAuthorities[end...])
        }
        switch (identifierAuthority, subAuthorities.first) {
        case (5, 21): return split(1, 3)
        case (5, 82): return subAuthorities.count > 1 ? split(1, subAuthorities.count - 1) : nil
        case (5, 83): return subAuthorities.count > 2 ? split(2, subAuthorities.count - 2) : nil
        case (12, 1): return subAuthorities.count > 1 ? split(1, subAuthorities.count - 1) : nil
        default: return nil
        }
    }
}
