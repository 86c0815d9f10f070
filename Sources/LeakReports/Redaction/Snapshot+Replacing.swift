import BinaryReading
import KernelObjects

/// Values with some of their texts exchanged.
extension LogonSession {
    func replacing(accountName: String?, authorityName: String?) -> LogonSession {
        LogonSession(
            address: address, luid: luid, buddy: buddy, sibling: sibling, referenceCount: referenceCount, flags: flags,
            accountName: accountName, authorityName: authorityName, cachedToken: cachedToken, serverSilo: serverSilo,
            tokenListState: tokenListState, listedTokens: listedTokens, isTokenListComplete: isTokenListComplete,
            origin: origin)
    }
}

extension Token {
    func replacing(user: SID?, groups: [Group], sourceName: String, creation: TokenCreation?) -> Token {
        Token(
            address: address, tokenID: tokenID, authenticationID: authenticationID, parentTokenID: parentTokenID,
            modifiedID: modifiedID, originatingLogonSession: originatingLogonSession, sourceName: sourceName,
            kind: kind,
            impersonationLevel: impersonationLevel, flags: flags, terminalSessionID: terminalSessionID,
            isInUse: isInUse, user: user, groups: groups, integrityLevel: integrityLevel, privileges: privileges,
            logonSession: logonSession, sessionObject: sessionObject, trustLinkedToken: trustLinkedToken,
            creation: creation, pointerCount: pointerCount, handleCount: handleCount, sources: sources)
    }
}

extension TokenCreation {
    func replacing(imageName: String) -> TokenCreation {
        TokenCreation(
            processID: processID, threadID: threadID, imageName: imageName, method: method, trace: trace,
            captureCount: captureCount)
    }
}

extension Process {
    func replacing(imageName: String, imagePath: String?, shortImageName: String, services: [String]) -> Process {
        var result = Process(
            address: address, processID: processID, parentProcessID: parentProcessID, imageName: imageName,
            imagePath: imagePath, shortImageName: shortImageName, created: created, exitedAt: exitedAt,
            hasExited: hasExited, terminalSessionID: terminalSessionID, primaryToken: primaryToken,
            primaryTokenFastReferences: primaryTokenFastReferences, handleTable: handleTable,
            activeThreadCount: activeThreadCount, directoryTableBase: directoryTableBase, pointerCount: pointerCount,
            handleCount: handleCount, services: services)
        result.isListed = isListed
        return result
    }
}
