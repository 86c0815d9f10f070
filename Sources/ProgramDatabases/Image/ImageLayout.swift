import BinaryReading

/// The section table of the image, and how its addresses moved after linking: turns segment and offset into an RVA.
struct ImageLayout: Sendable {
    private(set) var sections: [SectionHeader] = []
    private(set) var originalSections: [SectionHeader] = []
    private(set) var mapFromSource: AddressMap?
    private(set) var mapToSource: AddressMap?
    /// What could not be read.
    private(set) var problems: [String] = []

    /// Reads the streams that the optional debug header names.
    init(_ debug: DebugInformation?, _ container: StreamContainer) {
        guard let debug else { return }
        func bytes(_ place: DebugInformation.OptionalStream, _ part: String) -> StreamBytes? {
            guard let number = debug.stream(place) else { return nil }
            do throws(ProgramDatabaseError) {
                if let bytes = try container.stream(number, part) { return bytes }
                problems.append("\(part): there is no stream \(number)")
            } catch { problems.append("\(part): \(error.found)") }
            return nil
        }
        sections = bytes(.sectionHeaders, "the section headers").map(SectionHeader.all) ?? []
        originalSections = bytes(.originalSectionHeaders, "the original section headers").map(SectionHeader.all) ?? []
        mapFromSource = bytes(.mapFromSource, "the address map from the source").flatMap { AddressMap($0) }
        mapToSource = bytes(.mapToSource, "the address map to the source").flatMap { AddressMap($0) }
        if mapFromSource?.wasUnsorted == true || mapToSource?.wasUnsorted == true {
            problems.append("the address map (OMAP) was not sorted; its pairs were put in order")
        }
    }

    /// Whether symbols can have an RVA at all.
    var hasSections: Bool { !sections.isEmpty || isRearranged }

    /// Whether the image was rearranged after linking: symbols are then in the coordinates of the original sections.
    var isRearranged: Bool { mapFromSource != nil && !originalSections.isEmpty }

    /// The RVA of an offset in a section; nil for an absolute symbol, one beyond the table, and code that was removed.
    func rva(section: UInt16, offset: UInt32) -> UInt32? {
        let table = isRearranged ? originalSections : sections
        guard section > 0, Int(section) <= table.count else { return nil }
        let (sum, overflow) = table[Int(section) - 1].rva.addingReportingOverflow(offset)
        guard !overflow else { return nil }
        return isRearranged ? mapFromSource?.target(of: sum) : sum
    }

    /// Whether a section holds code, as its flags say (IMAGE_SCN_CNT_CODE, IMAGE_SCN_MEM_EXECUTE).
    func isCode(section: UInt16) -> Bool {
        let table = isRearranged ? originalSections : sections
        guard section > 0, Int(section) <= table.count else { return false }
        return table[Int(section) - 1].characteristics & 0x2000_0020 != 0
    }

    /// Where an address of the image was when it was linked; the address itself where nothing moved.
    func originalRVA(of rva: UInt32) -> UInt32? {
        guard isRearranged, let mapToSource else { return rva }
        return mapToSource.target(of: rva)
    }
}
