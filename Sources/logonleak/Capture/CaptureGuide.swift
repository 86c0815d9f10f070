/// How to get a dump on one platform: facts as values, laid out elsewhere.
struct CaptureGuide {
    /// A sentence, and whether a public source was read for it.
    struct Fact: ExpressibleByStringLiteral {
        let text: String
        let isVerified: Bool

        init(stringLiteral text: String) { self.init(text, isVerified: true) }

        init(_ text: String, isVerified: Bool) {
            self.text = text
            self.isVerified = isVerified
        }

        /// A fact of general knowledge, for which no source was read.
        static func unverified(_ text: String) -> Fact { Fact(text, isVerified: false) }

        /// For people: the mark stays with the sentence.
        var markedText: String { isVerified ? text : "\(text) (not verified)" }
    }

    /// One way to capture on the platform.
    struct Method {
        let name: String
        /// What must be set or present before.
        let before: [Fact]
        /// What to do, in order.
        let steps: [Fact]
        /// What comes out and where.
        let file: Fact
        let risks: [Fact]
    }

    /// The word on the command line.
    let word: String
    var otherWords: [String] = []
    /// The platform in a few words.
    let summary: String
    let methods: [Method]

    /// Every guide, in the order in which they are listed.
    static let all: [CaptureGuide] = [
        live, liveKD, physical, hyperV, vmware, kvm, virtualBox, xen, aws, azure, googleCloud, otherClouds, debugger,
        tools, drivers,
        hibernation,
    ]

    /// The guide of a word, whatever its case.
    static func named(_ word: String) -> CaptureGuide? {
        let word = word.lowercased()
        return all.first { $0.word == word || $0.otherWords.contains(word) }
    }
}
