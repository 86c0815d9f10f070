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
    private var groups: GroupReading

    init(_ context: ReadingContext, _ layouts: Layouts) {
        self.context = context
        layout = layouts.token
        objectHeader = layouts.objectHeader
        types = layouts.types
        creations = layouts.creations
        groups = GroupReading(context.memory)
    }

    /// Why an address shows no token.
    enum Failure: Error {
        /// Its memory cannot be read: there may well be a token.
        case unreadable(TranslationError)
        /// Its memory shows something else, or a token that was freed.
        case notAToken(String)
    }

    /// Tokens that were read, and addresses that show none with the reasons; rare, and large, so they stand apart.
    struct Batch: Sendable {
        private(set) var tokens: [Token] = []
        private(set) var failures: [VirtualAddress: Failure] = [:]

        /// Takes in what was read at an address.
        mutating func add(_ result: Result<Token, Failure>, at address: VirtualAddress) {
            switch result {
            case .success(let token): tokens.append(token)
            case .failure(let failure): failures[address] = failure
            }
        }
    }

    /// What reads the memory.
    var memory: VirtualMemory { context.memory }

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
        let groups = groups.list(of: fields, token: address, in: context)
        return Token(
            address: address, tokenID: fields.tokenID, authenticationID: fields.authenticationID,
            parentTokenID: fields.parentTokenID, modifiedID: fields.modifiedID,
            originatingLogonSession: fields.originatingLogonSession, sourceName: fields.sourceName, kind: fields.kind,
            impersonationLevel: fields.impersonationLevel, flags: fields.flags,
            terminalSessionID: fields.terminalSessionID, isInUse: fields.isInUse, user: groups.user,
            groups: groups.groups, integrityLevel: groups.integrityLevel, privileges: fields.privileges,
            logonSession: fields.logonSession, sessionObject: fields.sessionObject,
            trustLinkedToken: fields.trustLinkedToken, creation: creation(of: fields, token: address),
            pointerCount: header?.pointerCount, handleCount: header?.handleCount, sources: [])
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
