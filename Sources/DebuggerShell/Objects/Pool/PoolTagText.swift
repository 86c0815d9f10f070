/// Pool tags as text.
enum PoolTagText {
    /// The four letters from the lowest byte on.
    static func text(_ tag: UInt32) -> String {
        String(decoding: bytes(tag).map { (0x20...0x7E).contains($0) ? $0 : UInt8(ascii: ".") }, as: UTF8.self)
    }

    /// Whether four bytes can be a tag: printable, the last one perhaps with the mark of protected pool.
    static func isTag(_ tag: UInt32) -> Bool { bytes(tag).allSatisfy { (0x20...0x7E).contains($0) } }

    private static func bytes(_ tag: UInt32) -> [UInt8] {
        let plain = tag & 0x7FFF_FFFF
        return (0..<4).map { UInt8(truncatingIfNeeded: plain >> UInt32(8 * $0)) }
    }

    /// What the blocks of a tag are, from `formats.md` §6.2: tag text, meaning, owner.
    private static let known: [String: (meaning: String, binary: String)] = [
        "Toke": ("Token objects", "nt!se"), "Proc": ("Process objects", "nt!ps"), "Thre": ("Thread objects", "nt!ps"),
        "SeLs": ("Logon session structures", "nt!se"),
        "SeAt": ("Security attributes, and creation records of tokens", "nt!se"),
        "SeTl": ("Token locks", "nt!se"), "SeTd": ("Token dynamic parts", "nt!se"),
        "SeSd": ("Security descriptors", "nt!se"), "Obtb": ("Handle tables", "nt!ob"),
        "ObHd": ("Handle count databases", "nt!ob"), "ObNm": ("Object names", "nt!ob"),
        "ObDi": ("Object directories", "nt!ob"), "ObjT": ("Object types", "nt!ob"),
    ]

    /// Whether the tag is one of those that this shell can explain.
    static func isKnown(_ tag: UInt32) -> Bool { known[text(tag)] != nil }

    /// Whether a tag is made of letters and digits, as nearly all are.
    static func isPlain(_ tag: UInt32) -> Bool {
        bytes(tag).allSatisfy { (0x30...0x39).contains($0) || (0x41...0x5A).contains($0) || (0x61...0x7A).contains($0) }
    }

    /// What the debugger's two tabs look like; tabs themselves are no safe text on every terminal.
    private static let margin = String(repeating: " ", count: 16)

    /// The line that explains a tag.
    static func explanation(_ tag: UInt32) -> String {
        let text = text(tag)
        guard let known = known[text] else { return margin + "Owning component : Unknown (update pooltag.txt)" }
        return margin + "Pooltag \(text) : \(known.meaning), Binary : \(known.binary)"
    }
}
