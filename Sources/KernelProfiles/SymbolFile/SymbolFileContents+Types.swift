import BinaryReading

/// A type as a symbol file describes it, before names are looked up.
private struct TypeDescription {
    var kind = ""
    var name = ""
    var count = 0
    var bitPosition = 0
    var bitWidth = 0
    /// The type behind a pointer, of an array's elements, or of the integer around some bits.
    var inner: FieldType?
    var innerSize: Int?
}

extension SymbolFileContents {
    /// Reads the members of a structure where they stand; nil where the file has no such type or it makes no sense.
    func structure(named name: String) -> StructureLayout? {
        guard let type = userTypes[name] else { return nil }
        var fields: [FieldLayout] = []
        if let position = type.fieldsPosition {
            var reader = JSONReader(text, at: position)
            do {
                try reader.readObject { (reader, name) throws(JSONError) in
                    fields.append(try readField(named: name, &reader))
                }
            } catch { return nil }
        }
        fields.sort { Self.order(of: $0) < Self.order(of: $1) }
        return StructureLayout(name: name, kind: type.kind, byteCount: type.byteCount, fields: fields)
    }

    private static func order(of field: FieldLayout) -> (Int, Int) { (field.offset, field.bitField?.position ?? 0) }

    private func readField(named name: String, _ reader: inout JSONReader) throws(JSONError) -> FieldLayout {
        var offset = 0
        var type: (type: FieldType, byteCount: Int)?
        try reader.readObject { (reader, key) throws(JSONError) in
            switch key {
            case "offset": offset = try reader.readCount()
            case "type": type = try readType(&reader)
            default: try reader.skipValue()
            }
        }
        guard let type else { throw JSONError("member \(name) has no type", at: 0) }
        return FieldLayout(name: name, offset: offset, byteCount: type.byteCount, type: type.type)
    }

    private func readType(_ reader: inout JSONReader) throws(JSONError) -> (type: FieldType, byteCount: Int) {
        var description = TypeDescription()
        try reader.readObject { (reader, key) throws(JSONError) in
            switch key {
            case "kind": description.kind = try reader.readString()
            case "name": description.name = try reader.readString()
            case "count": description.count = try reader.readCount()
            case "bit_position": description.bitPosition = try reader.readCount()
            case "bit_length": description.bitWidth = try reader.readCount()
            case "subtype", "type":
                let inner = try readType(&reader)
                (description.inner, description.innerSize) = (inner.type, inner.byteCount)
            default: try reader.skipValue()
            }
        }
        return try resolve(description)
    }

    private func resolve(
        _ description: TypeDescription
    ) throws(JSONError) -> (type: FieldType, byteCount: Int) {
        let name = description.name
        switch description.kind {
        case "base": return (baseTypes[name] ?? .unknown(name), baseSizes[name] ?? 0)
        case "struct", "class": return (.structure(name), userTypes[name]?.byteCount ?? 0)
        case "union": return (.union(name), userTypes[name]?.byteCount ?? 0)
        case "enum": return (.enumeration(name), enumerations[name]?.byteCount ?? 0)
        case "function": return (.function, 0)
        case "pointer": return (.pointer(to: (description.inner ?? .void).pointeeText), 8)
        default: break
        }
        guard let inner = description.inner, let innerSize = description.innerSize else {
            throw JSONError("a type of unknown kind \"\(description.kind)\"", at: 0)
        }
        switch description.kind {
        case "array":
            let (size, overflow) = innerSize.multipliedReportingOverflow(by: description.count)
            guard !overflow else { throw JSONError("an array without bounds", at: 0) }
            return (.array(count: description.count, of: inner), size)
        case "bitfield":
            let field = BitField(position: description.bitPosition, width: description.bitWidth)
            return (.bits(field, of: inner), innerSize)
        default: throw JSONError("a type of unknown kind \"\(description.kind)\"", at: 0)
        }
    }
}
