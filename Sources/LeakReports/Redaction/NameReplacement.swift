/// Replaces names inside of texts: in file names, in descriptions of gaps.
///
/// Upper and lower case are the same. A short name must stand alone, a longer one is found inside of words as well.
struct NameReplacement {
    /// From this many letters on a name is also found inside of words.
    private static let minimumInnerLength = 5

    private struct Pattern {
        let scalars: [Unicode.Scalar]
        let replacement: [Unicode.Scalar]
    }

    private var patterns: [Unicode.Scalar: [Pattern]] = [:]
    private var known: [String: String] = [:]

    /// - Parameter entries: Names and what stands for them. Where one name is several things, the first counts.
    init(_ entries: [RedactionKey.Entry]) {
        var seen: Set<[Unicode.Scalar]> = []
        for entry in entries {
            let scalars = Self.folded(entry.name)
            guard let first = scalars.first, seen.insert(scalars).inserted else { continue }
            patterns[first, default: []].append(
                Pattern(scalars: scalars, replacement: Array(entry.pseudonym.unicodeScalars)))
        }
        for first in patterns.keys { patterns[first]?.sort { $0.scalars.count > $1.scalars.count } }
    }

    /// A text without the names.
    mutating func apply(to text: String) -> String {
        if let done = known[text] { return done }
        let result = replaced(text)
        known[text] = result
        return result
    }

    private func replaced(_ text: String) -> String {
        let original = Array(text.unicodeScalars)
        let folded = Self.folded(text)
        var result = String.UnicodeScalarView()
        var position = 0
        while position < folded.count {
            if let pattern = pattern(in: folded, at: position) {
                result.append(contentsOf: pattern.replacement)
                position += pattern.scalars.count
            } else {
                result.append(original[position])
                position += 1
            }
        }
        return String(result)
    }

    private func pattern(in text: [Unicode.Scalar], at position: Int) -> Pattern? {
        patterns[text[position]]?.first { pattern in
            let end = position + pattern.scalars.count
            guard end <= text.count, text[position..<end].elementsEqual(pattern.scalars) else { return false }
            if pattern.scalars.count >= Self.minimumInnerLength { return true }
            let before = position > 0 ? text[position - 1] : " "
            let after = end < text.count ? text[end] : " "
            return !Self.isPartOfWord(before) && !Self.isPartOfWord(after)
        }
    }

    private static func isPartOfWord(_ scalar: Unicode.Scalar) -> Bool {
        scalar.properties.isAlphabetic || ("0"..."9").contains(scalar)
    }

    /// Lower case, scalar by scalar, so that positions stay the same.
    private static func folded(_ text: String) -> [Unicode.Scalar] {
        text.unicodeScalars.map { scalar in
            let lower = scalar.properties.lowercaseMapping.unicodeScalars
            return lower.count == 1 ? lower.first ?? scalar : scalar
        }
    }
}
