/// Reads what stands for one place in a symbol path: a folder, a server, or nothing for the default store.
struct PlaceText {
    let environment: (String) -> String?

    func store(_ text: String) -> SymbolPath.Store {
        guard !text.isEmpty else { return .defaultStore }
        let expansion = expanded(text)
        let place: String
        switch expansion {
        case .success(let whole): place = whole
        case .failure(let unset):
            return .unusable(text, reason: "the variable %\(unset.name)% is not set, so it stands for no folder")
        }
        guard let scheme = Self.scheme(of: place) else { return folder(place) }
        guard scheme == "http" || scheme == "https" else {
            return .unusable(text, reason: "only servers behind http:// and https:// can be asked, not \(scheme)://")
        }
        guard let url = SymbolServerURL(place) else { return .unusable(text, reason: "is not the address of a server") }
        return .server(url)
    }

    private struct UnsetVariable: Error { let name: String }

    /// Replaces `%NAME%` by the variable; a lone percent sign stays.
    private func expanded(_ text: String) -> Result<String, UnsetVariable> {
        guard Self.scheme(of: text) == nil else { return .success(text) }
        var parts = text.split(separator: "%", omittingEmptySubsequences: false).map(String.init)
        while parts.count > 2 {
            if Self.isVariableName(parts[1]) {
                guard let value = environment(parts[1]) else { return .failure(UnsetVariable(name: parts[1])) }
                parts[0] += value + parts[2]
                parts.removeSubrange(1...2)
            } else {
                parts[0] += "%" + parts.remove(at: 1)
            }
        }
        return .success(parts.joined(separator: "%"))
    }

    private static func isVariableName(_ text: String) -> Bool {
        !text.isEmpty && text.allSatisfy { $0.isLetter || $0.isNumber || $0 == "_" || $0 == "(" || $0 == ")" }
    }

    private func folder(_ text: String) -> SymbolPath.Store {
        guard !text.unicodeScalars.contains(where: { $0.value < 0x20 || $0.value == 0x7F }) else {
            return .unusable(text, reason: "holds control characters")
        }
        #if !os(Windows)
            let isNetworkPath = text.hasPrefix("\\\\")
            let isDrivePath = text.count > 1 && text.dropFirst().hasPrefix(":") && text.first?.isLetter == true
            guard !isNetworkPath else {
                return .unusable(text, reason: "a network path of Windows: mount it and name the folder instead")
            }
            guard !isDrivePath else { return .unusable(text, reason: "a path of Windows: this system has no drives") }
        #endif
        if text == "~" || text.hasPrefix("~/"), let home = environment("HOME") {
            return .folder(home + text.dropFirst())
        }
        return .folder(text)
    }

    /// What stands before `://`, lower case; nil where the text is no URL.
    private static func scheme(of text: String) -> String? {
        guard let colon = text.firstIndex(of: ":"), text[colon...].hasPrefix("://"), colon > text.startIndex else {
            return nil
        }
        let scheme = text[..<colon]
        return scheme.allSatisfy { $0.isASCII && ($0.isLetter || $0.isNumber) } ? scheme.lowercased() : nil
    }

    /// The text with what stands between a scheme and `@` replaced: it may be a password.
    func withoutPasswords(_ text: String) -> String {
        text.split(separator: "*", omittingEmptySubsequences: false).map { part in
            SymbolServerURL(String(part))?.description ?? String(part)
        }.joined(separator: "*")
    }
}
