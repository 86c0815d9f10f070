/// How a text report looks.
public struct TextStyle: Hashable, Sendable {
    /// Narrowest width that a report is laid out for.
    public static let minimumWidth = 60

    /// Columns of a line; at least `minimumWidth`.
    public var width: Int
    /// Whether ANSI colours are used. Meaning never rests on colour alone.
    public var color: Bool

    /// Makes a style.
    public init(width: Int = 80, color: Bool = false) {
        self.width = Swift.max(width, Self.minimumWidth)
        self.color = color
    }

    /// What a piece of text stands for.
    enum Role {
        case good
        case bad
        case warning
        case heading
        case quiet

        var code: String {
            switch self {
            case .good: "32"
            case .bad: "1;31"
            case .warning: "33"
            case .heading: "1"
            case .quiet: "2"
            }
        }
    }

    func paint(_ text: String, _ role: Role) -> String {
        color ? "\u{1B}[\(role.code)m\(text)\u{1B}[0m" : text
    }
}
