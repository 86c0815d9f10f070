import AddressTranslation
import BinaryReading
import KernelProfiles

/// Reads `_TOKEN` objects with their header, groups and creation entry.
struct TokenReading {
    /// What all readings of one kernel share.
    struct Layouts: Sendable {
        fileprivate let token: TokenLayout
        fileprivate let objectHeader: ObjectHeaderLayout
        fileprivate let types: ObjectTypes
        fileprivate let creations: TokenCreationReading?

        init(_ profile: KernelProfile, types: ObjectTypes, naming: FrameNaming) throws(LayoutError) {
            self.types = types
            token = try TokenLayout(profile)
            objectHeader = try ObjectHeaderLayout(profile)
            creations = TokenCreationReading(profile, naming: naming)
        }
    }

    private let context: ReadingContext
    private let layout: TokenLayout
    private let objectHeader: ObjectHeaderLayout
    private let types: ObjectTypes
    private let creations: TokenCreationReading?
    private var sids: SIDReading
    private var groupLists: [Int: [[Token.Group]]] = [:]

    /// Most groups that are read of one token; the kernel allows about a thousand.
    private static let groupLimit: UInt32 = 4096
    /// SE_GROUP_INTEGRITY: the entry is the integrity label and no group.
    private static let integrityAttribute: UInt32 = 0x20

    init(_ context: ReadingContext, _ layouts: Layouts) {
        self.context = context
        layout = layouts.token
        objectHeader = layouts.objectHeader
        types = layouts.types
        creations = layouts.creations
        sids = SIDReading(context.memory)
    }

    /// Why an address shows no token.
    enum Failure: Error {
        /// Its memory cannot be read: there may well be a token.
        case unreadable(TranslationError)
        /// Its memory shows something else, or a token that was freed.
        case notAToken(String)
    }

    /// The token at an address; by which way it was found is for the caller to say.
    mutating func token(at address: VirtualAddress) -> Result<Token, Failure> {
        guard address.isKernel, address.rawValue & 0xF == 0 else {
            return .failure(.notAToken("\(address.debuggerText) cannot be the address of an object"))
        }
        let memory = context.memory
        let headerByteCount = objectHeader.bodyOffset
        let headerAddress = address - headerByteCount
        let header: ObjectHeader?
        let fields: TokenLayout.Fields
        if let both = try? memory.withBytes(
            at: headerAddress, count: headerByteCount + layout.byteCount,
            { (objectHeader.header(in: $0), layout.fields(in: $0, at: headerByteCount)) })
        {
            (header, fields) = (both.0, both.1)
        } else {
            do throws(TranslationError) {
                fields = try memory.withBytes(at: address, count: layout.byteCount) { layout.fields(in: $0, at: 0) }
            } catch {
                return .failure(.unreadable(error))
            }
            header = try? memory.withBytes(at: headerAddress, count: headerByteCount) { objectHeader.header(in: $0) }
        }
        if let header {
            guard types.mayBe(types.token, header, at: headerAddress) else {
                return .failure(.notAToken("its object header is not that of a token"))
            }
            guard header.pointerCount > 0 else {
                return .failure(.notAToken("its object header counts no reference: it was freed"))
            }
        }
        return .success(token(at: address, fields, header))
    }

    private mutating func token(
        at address: VirtualAddress, _ fields: TokenLayout.Fields, _ header: ObjectHeader?
    ) -> Token {
        let groups = groups(of: fields, token: address)
        let label = groups.last { $0.attributes & Self.integrityAttribute != 0 }
        return Token(
            address: address, tokenID: fields.tokenID, authenticationID: fields.authenticationID,
            parentTokenID: fields.parentTokenID, modifiedID: fields.modifiedID,
            originatingLogonSession: fields.originatingLogonSession, sourceName: fields.sourceName, kind: fields.kind,
            impersonationLevel: fields.impersonationLevel, flags: fields.flags,
            terminalSessionID: fields.terminalSessionID, isInUse: fields.isInUse, user: groups.first?.sid,
            groups: shared(groups.dropFirst().filter { $0.attributes & Self.integrityAttribute == 0 }),
            integrityLevel: label?.sid.subAuthorities.last, privileges: fields.privileges,
            logonSession: fields.logonSession, sessionObject: fields.sessionObject,
            trustLinkedToken: fields.trustLinkedToken, creation: creation(of: fields, token: address),
            pointerCount: header?.pointerCount, handleCount: header?.handleCount, sources: [])
    }

    /// User and groups; the user alone at index 0. Entries that cannot be read are left out and noted.
    private mutating func groups(of fields: TokenLayout.Fields, token: VirtualAddress) -> [Token.Group] {
        guard fields.groupCount > 0 else { return [] }
        guard fields.groupCount <= Self.groupLimit, fields.groups.isKernel else {
            noteGroups(token, at: fields.groups, why: "its count \(fields.groupCount) or address is impossible")
            return []
        }
        let entries: [(sid: VirtualAddress, attributes: UInt32)]
        do throws(TranslationError) {
            entries = try context.memory.withBytes(at: fields.groups, count: 16 * Int(fields.groupCount)) { bytes in
                (0..<(bytes.byteCount / 16)).map { (bytes.address(at: 16 * $0), bytes.value(at: 16 * $0 + 8)) }
            }
        } catch {
            noteGroups(token, at: fields.groups, why: error.reasonText)
            return []
        }
        var groups: [Token.Group] = []
        groups.reserveCapacity(entries.count)
        for (index, entry) in entries.enumerated() {
            if let sid = sids.sid(at: entry.sid) {
                groups.append(Token.Group(sid: sid, attributes: entry.attributes))
            } else {
                noteGroups(token, at: entry.sid, why: "there is no readable SID")
                // Without its first entry nobody can say whose token it is: the rest are groups of an unknown user.
                if index == 0 { return [] }
            }
        }
        return groups
    }

    /// The same list once for all tokens that have it, as the copies of a token do.
    private mutating func shared(_ groups: [Token.Group]) -> [Token.Group] {
        var hasher = Hasher()
        hasher.combine(groups.count)
        for group in groups { hasher.combine(group.sid.subAuthorities.last ?? 0) }
        let hash = hasher.finalize()
        if let known = groupLists[hash]?.first(where: { $0 == groups }) { return known }
        groupLists[hash, default: []].append(groups)
        return groups
    }

    private func noteGroups(_ token: VirtualAddress, at address: VirtualAddress, why: String) {
        context.note(
            .tokens, "_TOKEN.UserAndGroups", detail: "token \(token.debuggerText)", at: address, why: why,
            limits: "user, groups and logon kind of this token")
    }

    private func creation(of fields: TokenLayout.Fields, token: VirtualAddress) -> TokenCreation? {
        guard let creations, let address = fields.diagnosticInfo else { return nil }
        do throws(TranslationError) { return try creations.creation(at: address, in: context.memory) } catch {
            context.note(
                .tokens, "_TOKEN.DiagnosticInfo", detail: "token \(token.debuggerText)", at: address,
                why: error.reasonText, limits: "who made this token")
            return nil
        }
    }
}
