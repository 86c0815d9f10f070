import KernelProfiles

/// The structures of one kernel that the forge fills.
struct KernelShapes {
    let token, logonSession, objectHeader, objectType: StructureShape
    let process, thread, handleTable, handleEntry: StructureShape
    let sessionSpace, loaderEntry, kpcr, peb, parameters: StructureShape
    let processorState, specialRegisters, context: StructureShape?
    let diagnostic: StructureShape?
    /// What leads from a process to the images that it maps; nil where the profile lacks one of them.
    let userImages: UserImageShapes?

    init(profile: KernelProfile) throws(ForgeError) {
        token = try StructureShape("_TOKEN", in: profile)
        logonSession = try StructureShape("_SEP_LOGON_SESSION_REFERENCES", in: profile)
        objectHeader = try StructureShape("_OBJECT_HEADER", in: profile)
        objectType = try StructureShape("_OBJECT_TYPE", in: profile)
        process = try StructureShape("_EPROCESS", in: profile)
        thread = try StructureShape("_ETHREAD", in: profile)
        handleTable = try StructureShape("_HANDLE_TABLE", in: profile)
        handleEntry = try StructureShape("_HANDLE_TABLE_ENTRY", in: profile)
        sessionSpace = try StructureShape("_MM_SESSION_SPACE", in: profile)
        let hasKernelEntry = profile.structure(named: "_KLDR_DATA_TABLE_ENTRY") != nil
        loaderEntry = try StructureShape(
            hasKernelEntry ? "_KLDR_DATA_TABLE_ENTRY" : "_LDR_DATA_TABLE_ENTRY", in: profile)
        kpcr = try StructureShape("_KPCR", in: profile)
        peb = try StructureShape("_PEB", in: profile)
        parameters = try StructureShape("_RTL_USER_PROCESS_PARAMETERS", in: profile)
        processorState = try? StructureShape("_KPROCESSOR_STATE", in: profile)
        specialRegisters = try? StructureShape("_KSPECIAL_REGISTERS", in: profile)
        context = try? StructureShape("_CONTEXT", in: profile)
        diagnostic = try? StructureShape("_SEP_TOKEN_DIAG_TRACK_ENTRY", in: profile)
        userImages = try? UserImageShapes(profile: profile)
    }
}

/// The structures that lead from a process to the images that it maps.
struct UserImageShapes {
    let descriptor, shortDescriptor, subsection, controlArea, file: StructureShape
    let loaderData, loaderEntry: StructureShape

    init(profile: KernelProfile) throws(ForgeError) {
        descriptor = try StructureShape("_MMVAD", in: profile)
        shortDescriptor = try StructureShape("_MMVAD_SHORT", in: profile)
        subsection = try StructureShape("_SUBSECTION", in: profile)
        controlArea = try StructureShape("_CONTROL_AREA", in: profile)
        file = try StructureShape("_FILE_OBJECT", in: profile)
        loaderData = try StructureShape("_PEB_LDR_DATA", in: profile)
        loaderEntry = try StructureShape("_LDR_DATA_TABLE_ENTRY", in: profile)
    }
}
