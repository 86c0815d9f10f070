extension SID {
    /// The name that Windows gives an identifier on every machine, with its authority: `NT AUTHORITY\SYSTEM`, `Window Manager\DWM-3`.
    ///
    /// nil for identifiers whose names only a domain, a machine or a service database knows. Source: the lists of well-known SIDs in the
    /// public Windows documentation.
    public var wellKnownName: String? {
        switch (identifierAuthority, subAuthorities.count) {
        case (5, 0): "NT Authority"
        case (5, _): Self.ntAuthorityName(subAuthorities[...])
        case (15, 2...): Self.applicationName(subAuthorities[...])
        case (16, 1): Self.integrityName(subAuthorities[0])
        case (19, 2): "Process trust level \(subAuthorities[0])-\(subAuthorities[1])"
        default: Self.universalNames[SID(identifierAuthority: identifierAuthority, subAuthorities: subAuthorities)]
        }
    }

    /// The number of the terminal session in the name of a window manager's or font driver's account (S-1-5-90-0-n, S-1-5-96-0-n).
    public var terminalSessionOfVirtualAccount: (isWindowManager: Bool, session: UInt32)? {
        guard identifierAuthority == 5, subAuthorities.count == 3, subAuthorities[1] == 0 else { return nil }
        switch subAuthorities[0] {
        case 90: return (true, subAuthorities[2])
        case 96: return (false, subAuthorities[2])
        default: return nil
        }
    }

    private static func ntAuthorityName(_ parts: ArraySlice<UInt32>) -> String? {
        guard let first = parts.first else { return nil }
        let rest = parts.dropFirst()
        switch (first, rest.count) {
        case (5, 2): return "Logon SID"
        case (80, 5):
            return ServiceNames.name(of: SID(identifierAuthority: 5, subAuthorities: Array(parts))).map {
                "NT SERVICE\\" + $0
            }
        case (21, 4): return domainNames[rest.last ?? 0]
        case (32, 1): return builtInNames[rest.first ?? 0].map { "BUILTIN\\" + $0 }
        case (90, 2): return rest.first == 0 ? rest.last.map { "Window Manager\\DWM-\($0)" } : nil
        case (96, 2): return rest.first == 0 ? rest.last.map { "Font Driver Host\\UMFD-\($0)" } : nil
        case (_, 0): return ntAuthorityNames[first].map { "NT AUTHORITY\\" + $0 }
        case (_, 1): return groupNames[Pair(first, rest.first ?? 0)]
        default: return nil
        }
    }

    private static func applicationName(_ parts: ArraySlice<UInt32>) -> String? {
        switch (parts.first, parts.count) {
        case (2, 2):
            switch parts.last {
            case 1: "APPLICATION PACKAGE AUTHORITY\\ALL APPLICATION PACKAGES"
            case 2: "APPLICATION PACKAGE AUTHORITY\\ALL RESTRICTED APPLICATION PACKAGES"
            default: nil
            }
        case (3, 2): parts.last.flatMap { capabilityNames[$0] }.map { "APPLICATION PACKAGE AUTHORITY\\" + $0 }
        default: nil
        }
    }

    private static func integrityName(_ level: UInt32) -> String? {
        integrityNames[level].map { "Mandatory Label\\\($0) Mandatory Level" }
    }

    private struct Pair: Hashable {
        let first: UInt32
        let second: UInt32
        init(_ first: UInt32, _ second: UInt32) {
            self.first = first
            self.second = second
        }
    }

    private static let universalNames: [SID: String] = [
        SID(identifierAuthority: 0, subAuthorities: [0]): "NULL SID",
        SID(identifierAuthority: 1, subAuthorities: [0]): "Everyone",
        SID(identifierAuthority: 2, subAuthorities: [0]): "LOCAL",
        SID(identifierAuthority: 2, subAuthorities: [1]): "CONSOLE LOGON",
        SID(identifierAuthority: 3, subAuthorities: [0]): "CREATOR OWNER",
        SID(identifierAuthority: 3, subAuthorities: [1]): "CREATOR GROUP",
        SID(identifierAuthority: 3, subAuthorities: [2]): "CREATOR OWNER SERVER",
        SID(identifierAuthority: 3, subAuthorities: [3]): "CREATOR GROUP SERVER",
        SID(identifierAuthority: 3, subAuthorities: [4]): "OWNER RIGHTS",
        SID(identifierAuthority: 18, subAuthorities: [1]): "Authentication authority asserted identity",
        SID(identifierAuthority: 18, subAuthorities: [2]): "Service asserted identity",
        SID(identifierAuthority: 18, subAuthorities: [3]): "Fresh public key identity",
        SID(identifierAuthority: 18, subAuthorities: [4]): "Key trust identity",
        SID(identifierAuthority: 18, subAuthorities: [5]): "Key property multi-factor authentication",
        SID(identifierAuthority: 18, subAuthorities: [6]): "Key property attestation",
    ]

    private static let ntAuthorityNames: [UInt32: String] = [
        1: "DIALUP", 2: "NETWORK", 3: "BATCH", 4: "INTERACTIVE", 6: "SERVICE", 7: "ANONYMOUS LOGON", 8: "PROXY",
        9: "ENTERPRISE DOMAIN CONTROLLERS", 10: "SELF", 11: "Authenticated Users", 12: "RESTRICTED",
        13: "TERMINAL SERVER USER", 14: "REMOTE INTERACTIVE LOGON", 15: "This Organization", 17: "IUSR", 18: "SYSTEM",
        19: "LOCAL SERVICE", 20: "NETWORK SERVICE", 22: "ENTERPRISE READ-ONLY DOMAIN CONTROLLERS BETA",
        33: "WRITE RESTRICTED", 113: "Local account", 114: "Local account and member of Administrators group",
        1000: "OTHER ORGANIZATION",
    ]

    private static let groupNames: [Pair: String] = [
        Pair(64, 10): "NT AUTHORITY\\NTLM Authentication", Pair(64, 14): "NT AUTHORITY\\SChannel Authentication",
        Pair(64, 21): "NT AUTHORITY\\Digest Authentication",
        Pair(65, 1): "NT AUTHORITY\\This Organization Certificate", Pair(80, 0): "NT SERVICE\\ALL SERVICES",
        Pair(83, 0): "NT VIRTUAL MACHINE\\Virtual Machines", Pair(84, 0): "NT AUTHORITY\\USER MODE DRIVERS",
        Pair(90, 0): "Window Manager\\Window Manager Group", Pair(96, 0): "Font Driver Host\\Font Driver Host Group",
    ]

    private static let builtInNames: [UInt32: String] = [
        544: "Administrators", 545: "Users", 546: "Guests", 547: "Power Users", 548: "Account Operators",
        549: "Server Operators", 550: "Print Operators", 551: "Backup Operators", 552: "Replicator",
        554: "Pre-Windows 2000 Compatible Access", 555: "Remote Desktop Users", 556: "Network Configuration Operators",
        557: "Incoming Forest Trust Builders", 558: "Performance Monitor Users", 559: "Performance Log Users",
        560: "Windows Authorization Access Group", 561: "Terminal Server License Servers", 562: "Distributed COM Users",
        568: "IIS_IUSRS", 569: "Cryptographic Operators", 573: "Event Log Readers",
        574: "Certificate Service DCOM Access", 575: "RDS Remote Access Servers", 576: "RDS Endpoint Servers",
        577: "RDS Management Servers", 578: "Hyper-V Administrators", 579: "Access Control Assistance Operators",
        580: "Remote Management Users", 581: "System Managed Accounts Group", 582: "Storage Replica Administrators",
        583: "Device Owners", 584: "User Mode Hardware Operators", 585: "OpenSSH Users",
    ]

    /// Names of relative identifiers that are the same in every domain; the domain itself is not known from the number.
    private static let domainNames: [UInt32: String] = [
        498: "Enterprise Read-only Domain Controllers", 500: "Administrator", 501: "Guest", 502: "krbtgt",
        503: "DefaultAccount", 504: "WDAGUtilityAccount", 512: "Domain Admins", 513: "Domain Users",
        514: "Domain Guests", 515: "Domain Computers", 516: "Domain Controllers", 517: "Cert Publishers",
        518: "Schema Admins", 519: "Enterprise Admins", 520: "Group Policy Creator Owners",
        521: "Read-only Domain Controllers", 522: "Cloneable Domain Controllers", 525: "Protected Users",
        526: "Key Admins", 527: "Enterprise Key Admins", 553: "RAS and IAS Servers",
        571: "Allowed RODC Password Replication Group", 572: "Denied RODC Password Replication Group",
    ]

    private static let capabilityNames: [UInt32: String] = [
        1: "Your Internet connection", 2: "Your Internet connection, including incoming connections from the Internet",
        3: "Your home or work networks", 4: "Your pictures library", 5: "Your videos library", 6: "Your music library",
        7: "Your documents library", 8: "Your Windows credentials",
        9: "Software and hardware certificates or a smart card", 10: "Removable storage", 11: "Your Appointments",
        12: "Your Contacts",
    ]

    private static let integrityNames: [UInt32: String] = [
        0: "Untrusted", 0x1000: "Low", 0x2000: "Medium", 0x2100: "Medium Plus", 0x3000: "High", 0x4000: "System",
        0x5000: "Protected Process",
    ]
}
