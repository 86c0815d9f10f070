package import FileMapping

/// What brings files from symbol servers; the program behind it is no matter of this room.
package protocol SymbolTransfer: Sendable {
    /// Brings what lies at an address.
    ///
    /// - Parameters:
    ///   - address: An `http://` or `https://` address.
    ///   - file: Takes the bytes; what it holds after an error does not matter.
    ///   - limit: Most bytes that are taken; nil for the most that this transfer allows.
    func bring(_ address: String, into file: AtomicFile, limit: Int?) throws(SymbolTransferError)
}

/// Why a file did not come from a server.
package enum SymbolTransferError: Error, Hashable, Sendable {
    /// The server says that it has no such file.
    case notThere
    /// The server was not reached, broke off, or answered with an error.
    case failed(String)
    /// The file has more bytes than are taken.
    case tooLarge(limit: Int)
    /// There is no program here that could ask a server.
    case noProgram(String)
    /// What came could not be written.
    case cannotWrite(FileError)

    /// What happened, in words.
    package var text: String {
        switch self {
        case .notThere: "not there"
        case .failed(let text): text
        case .tooLarge(let limit): "it is larger than the limit of \(limit) bytes"
        case .noProgram(let text): text
        case .cannotWrite(let error): "what came cannot be written: \(error)"
        }
    }
}
