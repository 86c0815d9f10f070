extension VolatilitySymbolFile {
    /// Structures without which volatility3 refuses a symbol file or ends a plugin (2.28). Our facts lack the registry's: these are
    /// no facts, they only let the plugins go on. A dump with registry contents needs a complete symbol file.
    static let demandedStructures: [StructureLayout] = {
        let listEntry = FieldLayout(name: "HiveList", offset: 0, byteCount: 16, type: .structure("_LIST_ENTRY"))
        let block = FieldLayout(
            name: "KeyControlBlock", offset: 8, byteCount: 8, type: .pointer(to: "_CM_KEY_CONTROL_BLOCK"))
        let parent = FieldLayout(
            name: "ParentKcb", offset: 0, byteCount: 8, type: .pointer(to: "_CM_KEY_CONTROL_BLOCK"))
        let withMembers = [
            layout("_CMHIVE", [listEntry]), layout("_CM_KEY_BODY", [block]),
            layout("_CM_KEY_CONTROL_BLOCK", [parent]),
        ]
        let withoutMembers = [
            "_CM_KEY_NODE", "_CM_KEY_VALUE", "_CONTROL_AREA", "_DEVICE_OBJECT", "_DRIVER_OBJECT", "_ERESOURCE",
            "_FILE_OBJECT", "_HMAP_ENTRY", "_IMAGE_DOS_HEADER", "_KMUTANT", "_KSYSTEM_TIME", "_KTIMER",
            "_LDR_DATA_TABLE_ENTRY", "_MMVAD", "_MMVAD_SHORT", "_OBJECT_SYMBOLIC_LINK", "_POOL_TRACKER_BIG_PAGES",
            "_SHARED_CACHE_MAP", "_VACB",
        ]
        return withMembers + withoutMembers.map { layout($0, []) }
    }()

    private static func layout(_ name: String, _ fields: [FieldLayout]) -> StructureLayout {
        StructureLayout(name: name, kind: .structure, byteCount: 16, fields: fields)
    }
}
