package import KernelObjects

extension Token.Kind {
    /// The word for it; a number that is no kind stands as it was read.
    package var word: String {
        switch self {
        case .primary: "primary"
        case .impersonation: "impersonation"
        case .other(let number): String(number)
        }
    }
}

extension TokenCreation.Method {
    /// The word for it; a number that no routine is known for stands as it was read.
    package var word: String {
        switch self {
        case .create: "create"
        case .duplicate: "duplicate"
        case .filter: "filter"
        case .other(let number): String(number)
        }
    }
}
