import KernelProfiles

extension KernelFacts {
    /// Reads the document; names are put into the order of their bytes, the numbers of functions follow.
    init(json: [UInt8]) throws(JSONError) {
        var reader = JSONReader(json)
        var format: Int64 = 0
        try reader.readObject { (reader, key) throws(JSONError) in
            switch key {
            case "format": format = try reader.readInteger()
            case "types": structures = try Self.readVariants(&reader, Self.readStructure)
            case "enums": enumerations = try Self.readVariants(&reader, Self.readEnumeration)
            case "layout_sets": layoutSets = try reader.array(Self.readLayoutSet)
            case "data_names": dataNames = try reader.array { (reader) throws(JSONError) in try reader.readString() }
            case "function_names":
                functionNames = try reader.array { (reader) throws(JSONError) in try reader.readString() }
            case "kernels": kernels = try reader.array(Self.readKernel)
            case "layout_only": layoutOnlyKernels = try reader.array(Self.readKernel)
            default: try reader.skipValue()
            }
        }
        guard format == 4 else { throw JSONError("format \(format) where 4 is expected", at: 0) }
        sortFunctionNames()
    }

    private mutating func sortFunctionNames() {
        let order = functionNames.indices.sorted {
            functionNames[$0].utf8.lexicographicallyPrecedes(functionNames[$1].utf8)
        }
        var newNumbers = [Int32](repeating: 0, count: order.count)
        for (new, old) in order.enumerated() { newNumbers[old] = Int32(new) }
        functionNames = order.map { functionNames[$0] }
        for index in kernels.indices {
            kernels[index].functions.names = kernels[index].functions.names.map { newNumbers[Int($0)] }
        }
    }

    private static func readVariants<Variant>(
        _ reader: inout JSONReader, _ readVariant: (inout JSONReader) throws(JSONError) -> Variant
    ) throws(JSONError) -> [(name: String, variants: [Variant])] {
        var all: [(name: String, variants: [Variant])] = []
        try reader.readObject { (reader, name) throws(JSONError) in
            all.append((name, try reader.array(readVariant)))
        }
        return all.sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) }
    }

    private static func readStructure(_ reader: inout JSONReader) throws(JSONError) -> StructureVariant {
        var variant = StructureVariant()
        try reader.readObject { (reader, key) throws(JSONError) in
            switch key {
            case "kind": variant.kind = try reader.readString()
            case "size": variant.byteCount = Int(try reader.readInteger())
            case "partial": variant.isPartial = try reader.readBool()
            case "fields": variant.fields = try reader.array(readField)
            default: throw JSONError("unknown key \(key) of a type", at: 0)
            }
        }
        return variant
    }

    private static func readField(
        _ reader: inout JSONReader
    ) throws(JSONError) -> (name: String, offset: Int, byteCount: Int, type: String) {
        var texts: [String] = []
        var numbers: [Int] = []
        try reader.readArray { (reader) throws(JSONError) in
            if reader.peek() == UInt8(ascii: "\"") {
                texts.append(try reader.readString())
            } else {
                numbers.append(Int(try reader.readInteger()))
            }
        }
        guard texts.count == 2, numbers.count == 2 else { throw JSONError("a field of unknown form", at: 0) }
        return (texts[0], numbers[0], numbers[1], texts[1])
    }

    private static func readEnumeration(_ reader: inout JSONReader) throws(JSONError) -> EnumerationVariant {
        var variant = EnumerationVariant()
        try reader.readObject { (reader, key) throws(JSONError) in
            switch key {
            case "size": variant.byteCount = Int(try reader.readInteger())
            case "values":
                try reader.readObject { (reader, name) throws(JSONError) in
                    variant.members.append((name, try reader.readInteger()))
                }
            default: try reader.skipValue()
            }
        }
        return variant
    }

    private static func readLayoutSet(_ reader: inout JSONReader) throws(JSONError) -> LayoutSet {
        var set = LayoutSet()
        try reader.readObject { (reader, key) throws(JSONError) in
            let numbers = try reader.numbersByName()
            switch key {
            case "types": set.structures = numbers
            case "enums": set.enumerations = numbers
            default: throw JSONError("unknown key \(key) of a layout set", at: 0)
            }
        }
        return set
    }

    private static func readKernel(_ reader: inout JSONReader) throws(JSONError) -> Kernel {
        var kernel = Kernel()
        try reader.readObject { (reader, key) throws(JSONError) in
            if reader.readNull() { return }
            switch key {
            case "pdb": kernel.pdbName = try reader.readString()
            case "guid": kernel.guid = try reader.readString()
            case "age": kernel.age = UInt32(truncatingIfNeeded: try reader.readInteger())
            case "version": kernel.version = try reader.readString()
            case "build": kernel.build = Int(try reader.readInteger())
            case "layout": kernel.layoutSet = Int(try reader.readInteger())
            case "data": kernel.dataPlaces = try reader.optionalNumbers()
            case "data_extent": kernel.dataExtents = try reader.optionalNumbers()
            case "functions": kernel.functions = try readFunctions(&reader)
            case "invalid_pte_mask": kernel.mask = try readMask(&reader)
            default: try reader.skipValue()
            }
        }
        return kernel
    }

    private static func readFunctions(_ reader: inout JSONReader) throws(JSONError) -> FunctionFacts {
        var functions = FunctionFacts()
        try reader.readObject { (reader, key) throws(JSONError) in
            let numbers = try reader.array { (reader) throws(JSONError) in
                Int32(truncatingIfNeeded: try reader.readInteger())
            }
            switch key {
            case "id":
                var running: Int32 = -1
                functions.names = numbers.map {
                    running += $0
                    return running
                }
            case "gap": functions.gaps = numbers
            case "extent": functions.extents = numbers
            default: throw JSONError("unknown key \(key) of functions", at: 0)
            }
        }
        return functions
    }

    private static func readMask(
        _ reader: inout JSONReader
    ) throws(JSONError) -> KernelProfile.InvalidPTEMaskLocation? {
        let numbers = try reader.numbersByName()
        if let rva = numbers["rva"] { return .variable(rva: UInt32(rva)) }
        return numbers["offset_in_MiState"].map { .insideMiState(offset: UInt32($0)) }
    }
}

extension JSONReader {
    fileprivate mutating func array<Element>(
        _ element: (inout JSONReader) throws(JSONError) -> Element
    ) throws(JSONError) -> [Element] {
        var elements: [Element] = []
        try readArray { (reader) throws(JSONError) in elements.append(try element(&reader)) }
        return elements
    }

    fileprivate mutating func optionalNumbers() throws(JSONError) -> [Int64?] {
        try array { (reader) throws(JSONError) in reader.readNull() ? nil : try reader.readInteger() }
    }

    fileprivate mutating func numbersByName() throws(JSONError) -> [String: Int] {
        var numbers: [String: Int] = [:]
        try readObject { (reader, name) throws(JSONError) in numbers[name] = Int(try reader.readInteger()) }
        return numbers
    }
}
