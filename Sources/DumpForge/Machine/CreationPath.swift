/// A way through the kernel that ends in a new token: the functions of its stack, innermost first (`sessions.md` §9).
///
/// Where a kernel lacks a function of the list its frame is left out.
enum CreationPath: Hashable {
    case bootSystem, bootAnonymous
    case logon, logonOld
    case duplicateCall, firstProcess, newProcess, linkSessions, alpcConnect, driverClient, filterCall, filterCache

    /// The kernel functions of the stack, innermost first; a file name stands for some function of that driver.
    var functions: [String] {
        switch self {
        case .bootSystem:
            [
                "SepCreateTokenEx", "SepCreateToken", "SeMakeSystemToken", "SepInitializationPhase0",
                "KiInitializeKernel",
            ]
        case .bootAnonymous:
            [
                "SepCreateTokenEx", "SepCreateToken", "SeMakeAnonymousLogonToken", "SepInitializationPhase0",
                "KiInitializeKernel",
            ]
        case .logon: ["SepCreateTokenEx", "NtCreateTokenEx", "KiSystemServiceCopyEnd"]
        case .logonOld: ["SepCreateTokenEx", "NtCreateToken", "KiSystemServiceCopyEnd"]
        case .duplicateCall: ["SepDuplicateToken", "NtDuplicateToken", "KiSystemServiceCopyEnd"]
        case .firstProcess:
            [
                "SepDuplicateToken", "SeSubProcessToken", "PspInitializeProcessSecurity", "PspAllocateProcess",
                "PspCreateProcess", "PspSystemThreadStartup", "KiStartSystemThread",
            ]
        case .newProcess:
            [
                "SepDuplicateToken", "SeSubProcessToken", "PspInitializeProcessSecurity", "PspAllocateProcess",
                "NtCreateUserProcess", "KiSystemServiceCopyEnd",
            ]
        case .linkSessions:
            [
                "SepDuplicateToken", "SepLinkLogonSessions", "SepRmCommandServerThread", "PspSystemThreadStartup",
                "KiStartSystemThread",
            ]
        case .alpcConnect:
            [
                "SepDuplicateToken", "SeCopyClientToken", "SepCreateClientSecurityEx", "SeCreateClientSecurity",
                "AlpcpCreateSecurityContext", "AlpcpCreateClientPort", "AlpcpConnectPort", "NtAlpcConnectPort",
                "KiSystemServiceCopyEnd",
            ]
        case .driverClient:
            [
                "SepDuplicateToken", "SeCopyClientToken", "SepCreateClientSecurityEx", "SeCreateClientSecurity",
                "ksecdd.sys", "srv2.sys", "netio.sys", "WdFilter.sys", "PspSystemThreadStartup", "KiStartSystemThread",
            ]
        case .filterCall: ["SepFilterToken", "NtFilterToken", "KiSystemServiceCopyEnd"]
        case .filterCache: ["SepDuplicateToken", "SepFilterToken", "NtFilterToken", "KiSystemServiceCopyEnd"]
        }
    }

    /// Whether a user-mode caller's frames follow.
    var hasUserFrames: Bool { functions.last == "KiSystemServiceCopyEnd" }
}
