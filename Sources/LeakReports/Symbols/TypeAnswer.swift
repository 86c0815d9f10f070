/// A structure, union, class or enumeration as `logonleak types` shows it.
public struct DescribedType: Hashable, Sendable {
    /// A data member.
    public struct Field: Hashable, Sendable {
        /// The name.
        public var name: String
        /// Distance in bytes from the start.
        public var offset: UInt64
        /// Bytes; of a bit field, those of the integer that holds it.
        public var byteCount: UInt64
        /// The type in words: `struct _TOKEN*`.
        public var type: String
        /// Lowest bit and number of bits of a bit field.
        public var bits: (position: Int, length: Int)?
        /// Number of the type, where it has no name of its own.
        public var typeIndex: UInt32?
        /// The fields of a type without a name of its own.
        public var inner: [Field]

        /// Makes a field.
        public init(
            name: String, offset: UInt64, byteCount: UInt64, type: String, bits: (position: Int, length: Int)? = nil,
            typeIndex: UInt32? = nil, inner: [Field] = []
        ) {
            self.name = name
            self.offset = offset
            self.byteCount = byteCount
            self.type = type
            self.bits = bits
            self.typeIndex = typeIndex
            self.inner = inner
        }

        /// Equal where all parts are.
        public static func == (left: Field, right: Field) -> Bool {
            left.name == right.name && left.offset == right.offset && left.byteCount == right.byteCount
                && left.type == right.type && left.bits?.position == right.bits?.position
                && left.bits?.length == right.bits?.length && left.typeIndex == right.typeIndex
                && left.inner == right.inner
        }

        /// Hashes what tells fields apart.
        public func hash(into hasher: inout Hasher) {
            hasher.combine(name)
            hasher.combine(offset)
        }
    }

    /// A name of an enumeration.
    public struct Value: Hashable, Sendable {
        /// The name.
        public var name: String
        /// The value; of a signed enumeration, extended to 64 bits.
        public var bits: UInt64

        /// Makes a value.
        public init(name: String, bits: UInt64) {
            self.name = name
            self.bits = bits
        }
    }

    /// What the type consists of.
    public enum Content: Hashable, Sendable {
        /// Members, and the types that it derives from, in words.
        case fields([Field], bases: [String])
        /// Names and values over an integer.
        case values([Value], base: String, isSigned: Bool)
    }

    /// The name.
    public var name: String
    /// `struct`, `class`, `union` or `enum`.
    public var keyword: String
    /// Size in bytes.
    public var byteCount: UInt64
    /// What it consists of.
    public var content: Content
    /// What is missing of it; nil where all is there.
    public var problem: String?

    /// Makes a type.
    public init(name: String, keyword: String, byteCount: UInt64, content: Content, problem: String? = nil) {
        self.name = name
        self.keyword = keyword
        self.byteCount = byteCount
        self.content = content
        self.problem = problem
    }
}

/// What was found for one question about types.
public struct TypeAnswer: Sendable {
    /// The question, as it was asked.
    public var query: String
    /// The types found.
    public var types: [DescribedType]

    /// Makes an answer.
    public init(query: String, types: [DescribedType]) {
        self.query = query
        self.types = types
    }

    /// Writes answers as JSON, an object a line: `{"query","types":[{"name","kind","size","fields":[…]}]}`, an enumeration with `base` and
    /// `values` in place of `fields`.
    public static func writeJSON(_ answers: some Sequence<TypeAnswer>, to sink: @escaping ReportSink) {
        var writer = JSONWriter(expandedLevels: 0, sink: sink)
        for answer in answers {
            writer.object { writer in
                writer.field("query", answer.query)
                writer.array("types", answer.types) { writer, type in type.write(to: &writer) }
            }
            writer.endLine()
        }
        writer.finishLines()
    }
}

extension DescribedType {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("name", name)
            writer.field("kind", keyword)
            writer.field("size", byteCount)
            switch content {
            case .fields(let fields, let bases):
                writer.array("fields", fields) { $1.write(to: &$0) }
                writer.strings("bases", bases)
            case .values(let values, let base, let isSigned):
                writer.field("base", base)
                writer.object("values") { writer in
                    for value in values {
                        writer.key(value.name)
                        if isSigned {
                            writer.number(Int64(bitPattern: value.bits))
                        } else {
                            writer.number(value.bits)
                        }
                    }
                }
            }
            writer.field("problem", problem)
        }
    }
}

extension DescribedType.Field {
    fileprivate func write(to writer: inout JSONWriter) {
        writer.object { writer in
            writer.field("name", name)
            writer.field("offset", offset)
            writer.field("size", byteCount)
            writer.field("type", type)
            writer.field("bitPosition", bits?.position)
            writer.field("bitLength", bits?.length)
            writer.field("typeIndex", typeIndex)
        }
    }
}
