/// One line of an answer: its text, and which parts of it a terminal may show as links.
///
/// Colour and hyperlinks are the terminal's matter: a pipe that takes the text gets neither.
public struct OutputLine: Hashable, Sendable {
    /// A part of a line that leads on.
    public struct Link: Hashable, Sendable {
        /// Where it stands in the line, in UTF-8 bytes.
        public let range: Range<Int>
        /// The command line that it stands for.
        public let command: String

        /// Makes a link.
        public init(range: Range<Int>, command: String) {
            self.range = range
            self.command = command
        }
    }

    /// What a line is to its reader.
    public enum Role: Hashable, Sendable {
        /// Part of an answer.
        case answer
        /// The debugger's words for something that went wrong.
        case failure
        /// Our own remark beside an answer.
        case remark
    }

    /// The line without its end.
    public var text: String
    /// What it is.
    public var role: Role
    /// Its links, from left to right.
    public var links: [Link]

    /// Makes a line.
    public init(_ text: String, role: Role = .answer, links: [Link] = []) {
        self.text = text
        self.role = role
        self.links = links
    }
}
