import BinaryReading

extension DescribedType {
    /// The layout for people: a line for each member, those of nameless types indented.
    public func render(style: TextStyle) -> String {
        var lines: [String] = []
        switch content {
        case .fields(let fields, let bases):
            let derived = bases.isEmpty ? "" : " : " + bases.joined(separator: ", ")
            lines.append("\(keyword) \(name)\(derived), \(byteCount.hexText) (\(byteCount)) bytes")
            let offsetWidth = Swift.max(3, String(byteCount, radix: 16).count)
            let nameWidth = Swift.min(40, Self.nameWidth(fields, indent: 0))
            Self.append(fields, indent: 0, base: 0, (offsetWidth, nameWidth), to: &lines)
        case .values(let values, let base, let isSigned):
            lines.append("enum \(name) : \(base), \(byteCount) bytes")
            let width = Swift.min(60, values.map(\.name.columns).max() ?? 0)
            for value in values {
                let number = isSigned ? "\(Int64(bitPattern: value.bits))" : "\(value.bits)"
                lines.append("  " + Self.padded(value.name, to: width) + "  = \(number)")
            }
        }
        if let problem { lines.append("  (incomplete: \(problem))") }
        let safe = lines.map(\.terminalSafe)
        return ([safe.first.map { style.paint($0, .heading) } ?? ""] + safe.dropFirst()).joined(separator: "\n") + "\n"
    }

    private static func padded(_ text: String, to width: Int) -> String {
        text + String(repeating: " ", count: Swift.max(0, width - text.columns))
    }

    private static func label(_ field: Field) -> String {
        guard let bits = field.bits else { return field.name }
        let last = bits.position + bits.length - 1
        return "\(field.name) : \(bits.position)" + (last > bits.position ? "..\(last)" : "")
    }

    private static func nameWidth(_ fields: [Field], indent: Int) -> Int {
        fields.reduce(0) {
            Swift.max($0, indent + label($1).columns, nameWidth($1.inner, indent: indent + 2))
        }
    }

    private static func append(
        _ fields: [Field], indent: Int, base: UInt64, _ widths: (offset: Int, name: Int), to lines: inout [String]
    ) {
        for field in fields {
            let offset = base &+ field.offset
            let name = String(repeating: " ", count: indent) + label(field)
            lines.append(
                "  +0x\(offset.paddedHexDigits(widths.offset))  \(padded(name, to: widths.name))  \(field.type)")
            append(field.inner, indent: indent + 2, base: offset, widths, to: &lines)
        }
    }
}
