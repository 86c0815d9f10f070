/// Where the parts of the kernel's address space begin.
struct AddressPlan {
    let kernelBase: UInt64
    let driverBase: UInt64
    let pagedPoolBase: UInt64
    let nonPagedPoolBase: UInt64
    let systemBase: UInt64
    let pfnDatabase: UInt64
    /// Entry of the top table that refers to the table itself.
    let selfMapIndex: Int

    /// The page shared with every process.
    static let sharedData: UInt64 = 0xFFFF_F780_0000_0000

    /// The start of the page-table entries that the self-map shows.
    var pteBase: UInt64 { 0xFFFF_0000_0000_0000 | UInt64(selfMapIndex) << 39 }

    init(build: Int, isImageLarge: Bool, generator: inout ForgeGenerator) {
        let slide = UInt64(generator.below(0x7_0000)) << 12
        let alignment: UInt64 = isImageLarge ? 0x20_0000 : 0x1000
        if build < 9200 {
            kernelBase = (0xFFFF_F800_0260_0000 + slide % 0x80_0000) & ~(alignment - 1)
            driverBase = 0xFFFF_F880_0100_0000
            pagedPoolBase = 0xFFFF_F8A0_0000_0000
            nonPagedPoolBase = 0xFFFF_FA80_0190_0000
            systemBase = 0xFFFF_F880_2000_0000
        } else {
            let area = 0xFFFF_F800_0000_0000 + UInt64(generator.below(8)) << 32
            kernelBase = (area + 0x1000_0000 + slide) & ~(alignment - 1)
            driverBase = (area + 0x1_0000_0000 + UInt64(generator.below(0x1000)) << 16) & ~0xFFFF
            var areas = Array(0x110..<0x1E0)
            generator.shuffle(&areas)
            pagedPoolBase = Self.area(areas[0]) + slide
            nonPagedPoolBase = Self.area(areas[1]) + slide
            systemBase = Self.area(areas[2])
        }
        if build < 14393 {
            selfMapIndex = 0x1ED
            pfnDatabase = 0xFFFF_FA80_0000_0000
        } else {
            selfMapIndex = 0x1E0 + generator.below(12)
            pfnDatabase = Self.area(0x100 + generator.below(16))
        }
    }

    private static func area(_ index: Int) -> UInt64 { 0xFFFF_0000_0000_0000 | UInt64(index) << 39 }
}
