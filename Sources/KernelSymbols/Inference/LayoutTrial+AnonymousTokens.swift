import AddressTranslation
import BinaryReading

extension LayoutTrial {
    private static var anonymousLogon: UInt64 { 0x3e6 }

    /// Finds the variables with the two tokens of the anonymous session that the kernel keeps for good. Which holds which is told by
    /// distances alone; the walks read both alike.
    mutating func findAnonymousTokens(_ distances: SymbolDistances) {
        let symbols = ["SeAnonymousLogonToken", "SeAnonymousLogonTokenNoEveryone"]
        let found = ground.pointers.entries.filter { isAnonymousToken($0.value) }
        let places = Set(found.map { ground.place.base + Int($0.rva) })
        for symbol in symbols {
            note(symbol, at: distances, from: ["SepLogonSessions", "SeTokenObjectType"]) { places.contains($0) }
        }
        for symbol in symbols where address(of: symbol) == nil {
            let taken = Set(symbols.compactMap { address(of: $0).flatMap { try? memory.loadAddress(at: $0) } })
            guard let entry = found.first(where: { !taken.contains($0.value) }) else { continue }
            note(
                symbol, at: ground.place.base + Int(entry.rva),
                "a pointer in the image to a token of the anonymous session; which of the two, nothing rests on")
        }
    }

    private func isAnonymousToken(_ address: VirtualAddress) -> Bool {
        address.rawValue & 0xF == 0 && probe.word("_TOKEN.AuthenticationId", of: address) == Self.anonymousLogon
            && isOfType(types.token, address) == true
    }
}
