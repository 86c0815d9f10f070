/// Which tool writes a report.
public struct ToolIdentity: Hashable, Sendable {
    /// Its name.
    public var name: String
    /// Its version.
    public var version: String

    /// Makes an identity.
    public init(name: String, version: String) {
        self.name = name
        self.version = version
    }
}

extension JSONWriter {
    /// What every form begins with: its own name and version, and who wrote it.
    mutating func head(schema: String, _ tool: ToolIdentity) {
        field("schema", schema)
        object("tool") { writer in
            writer.field("name", tool.name)
            writer.field("version", tool.version)
        }
    }
}
