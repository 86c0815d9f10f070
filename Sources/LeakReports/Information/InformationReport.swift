public import BinaryReading

/// A document of labelled values and tables, for `logonleak info` and `capture`: written once, shown as text or as JSON.
public struct InformationReport: Sendable {
    /// A value, as a program reads it.
    public indirect enum Value: Sendable {
        /// Absent.
        case null
        /// Text.
        case text(String)
        /// A count.
        case number(Int64)
        /// A count of 64 bits.
        case unsigned(UInt64)
        /// An address, a mask, a code: hex text in JSON.
        case hex(UInt64)
        /// Yes or no.
        case flag(Bool)
        /// A time.
        case time(FileTime)
        /// Several values.
        case list([Value])
        /// Values under keys, in order.
        case object([(key: String, value: Value)])
    }

    /// A value with its JSON key and its label for people.
    public struct Item: Sendable {
        /// Key in the JSON.
        public var key: String
        /// Label in the text.
        public var label: String
        /// The value.
        public var value: Value
        /// How people read it; nil for the usual form of the value.
        public var text: String?

        /// Makes an item.
        public init(_ key: String, _ label: String, _ value: Value, text: String? = nil) {
            self.key = key
            self.label = label
            self.value = value
            self.text = text
        }
    }

    /// A table: in JSON an array of objects.
    public struct Rows: Sendable {
        /// A column.
        public struct Column: Sendable {
            /// Key in the JSON.
            public var key: String
            /// Title in the text.
            public var title: String
            /// Whether numbers stand right.
            public var isRightAligned: Bool

            /// Makes a column.
            public init(_ key: String, _ title: String, isRightAligned: Bool = false) {
                self.key = key
                self.title = title
                self.isRightAligned = isRightAligned
            }
        }

        /// Columns.
        public var columns: [Column]
        /// Cells by row; a missing cell is null.
        public var cells: [[Value]]

        /// Makes a table.
        public init(columns: [Column], cells: [[Value]] = []) {
            self.columns = columns
            self.cells = cells
        }
    }

    /// What a section holds.
    public enum Content: Sendable {
        /// Labelled values: an object in JSON.
        case items([Item])
        /// A table: an array in JSON.
        case rows(Rows)
    }

    /// A part of the document.
    public struct Section: Sendable {
        /// Key in the JSON.
        public var key: String
        /// Title in the text.
        public var title: String
        /// What it holds.
        public var content: Content

        /// Makes a section.
        public init(_ key: String, _ title: String, _ content: Content) {
            self.key = key
            self.title = title
            self.content = content
        }
    }

    /// A sentence to the reader.
    public struct Note: Sendable {
        /// Whether it warns.
        public var isWarning: Bool
        /// The sentence.
        public var text: String

        /// Makes a note.
        public init(_ text: String, isWarning: Bool = false) {
            self.text = text
            self.isWarning = isWarning
        }
    }

    /// Name and version of the JSON form of `logonleak info`.
    public static let schema = "logonleak/info/1"

    /// The document in one sentence.
    public var title: String
    /// Its parts.
    public var sections: [Section]
    /// What the reader should know, after the parts.
    public var notes: [Note]

    /// Name and version of this document's JSON form.
    public var schema: String

    /// Makes a document.
    public init(
        title: String, sections: [Section] = [], notes: [Note] = [], schema: String = InformationReport.schema
    ) {
        self.title = title
        self.schema = schema
        self.sections = sections
        self.notes = notes
    }
}
