import KernelProfiles

/// What `kernels.json` says, as it stands there.
struct KernelFacts {
    /// A structure as one or more kernels have it.
    struct StructureVariant {
        var kind = ""
        var byteCount = 0
        var isPartial = false
        var fields: [(name: String, offset: Int, byteCount: Int, type: String)] = []
    }

    /// An enumeration as one or more kernels have it.
    struct EnumerationVariant {
        var byteCount = 0
        var members: [(name: String, value: Int64)] = []
    }

    /// Which variant of each name some kernels have.
    struct LayoutSet {
        var structures: [String: Int] = [:]
        var enumerations: [String: Int] = [:]
    }

    /// One kernel; those known by version alone have no PDB, symbols and functions.
    struct Kernel {
        var pdbName = ""
        var guid = ""
        var age: UInt32 = 0
        var version = ""
        var build = 0
        var layoutSet = 0
        var mask: KernelProfile.InvalidPTEMaskLocation?
        var dataPlaces: [Int64?] = []
        var dataExtents: [Int64?] = []
        var functions = FunctionFacts()
    }

    /// The functions of one kernel in order of address.
    struct FunctionFacts {
        /// Numbers of the names.
        var names: [Int32] = []
        var gaps: [Int32] = []
        var extents: [Int32] = []
    }

    var structures: [(name: String, variants: [StructureVariant])] = []
    var enumerations: [(name: String, variants: [EnumerationVariant])] = []
    var layoutSets: [LayoutSet] = []
    var dataNames: [String] = []
    /// Sorted; ``FunctionFacts/names`` counts in this order.
    var functionNames: [String] = []
    var kernels: [Kernel] = []
    var layoutOnlyKernels: [Kernel] = []
}
