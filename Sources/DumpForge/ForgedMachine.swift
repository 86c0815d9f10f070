import KernelProfiles

/// A machine that never was: laid out in memory from a kernel's profile, ready to be written as a dump of any type.
///
/// The same options give the same bytes. What the dump holds is known exactly: ``truth(for:)``.
public struct ForgedMachine: Sendable {
    /// The parameters that the machine was made of.
    public let options: ForgeOptions
    let model: MachineModel
    let layout: MachineLayout
    let memory: MachineMemory

    /// Plays the scenario and lays the machine out.
    ///
    /// - Throws: `ForgeError.profileLacks` where the profile has no symbols or lacks a structure;
    ///   `ForgeError.unsupported` where the options ask for what cannot be.
    /// - Complexity: Linear in the number of tokens and handles, in time and in memory.
    public init(_ options: ForgeOptions) throws(ForgeError) {
        guard (1...64).contains(options.processors) else {
            throw .unsupported("a machine has 1 to 64 processors, not \(options.processors)")
        }
        guard options.pageTableLevels == 4 || options.pageTableLevels == 5 else {
            throw .unsupported("page tables have 4 or 5 levels, not \(options.pageTableLevels)")
        }
        let features = KernelFeatures(
            profile: options.profile, tracking: options.tracking && !options.scenario.isUntracked)
        var model = MachineModel(features: features, seed: options.seed)
        model.play(options)
        var layout = try MachineLayout(model: model, options: options)
        try layout.layOut()
        memory = try layout.finish()
        self.options = options
        self.model = model
        self.layout = layout
    }

    /// The dump type that a machine of this kernel would write by itself: kernel pages.
    public var naturalDumpType: ForgedDumpType { options.profile.build < 9200 ? .summary : .bitmapKernel }

    /// What a dump of one type holds, exactly.
    ///
    /// - Complexity: Linear in the number of tokens and handles.
    public func truth(for type: ForgedDumpType) -> ForgedTruth { TruthBuilder(machine: self).truth(for: type) }

    /// Writes the machine as a dump file; a file that is there is replaced.
    ///
    /// - Throws: `ForgeError.cannotWrite`.
    public func write(to path: String, as type: ForgedDumpType) throws(ForgeError) {
        var output = try FileOutput(path: path)
        do throws(ForgeError) {
            try write(as: type, to: &output)
        } catch {
            output.abandon()
            throw error
        }
        try output.close()
    }

    /// Writes a full dump of a machine with much more memory than it uses: one run, and holes in the file.
    ///
    /// - Parameters:
    ///   - path: The file; one that is there is replaced.
    ///   - byteCount: Size of physical memory in bytes.
    /// - Throws: `ForgeError.cannotWrite`.
    public func writeSparse(to path: String, byteCount: UInt64) throws(ForgeError) {
        var output = try FileOutput(path: path)
        do throws(ForgeError) {
            try DumpWriter(header: header, memory: memory).writeSparse(byteCount: byteCount, to: &output)
        } catch {
            output.abandon()
            throw error
        }
        try output.close()
    }

    /// The bytes of a dump; for machines that are small.
    ///
    /// - Throws: `ForgeError.unsupported` where the machine cannot be written so.
    public func dumpBytes(as type: ForgedDumpType) throws(ForgeError) -> [UInt8] {
        var output = MemoryOutput()
        try write(as: type, to: &output)
        return output.bytes
    }

    private func write<Output: DumpOutput>(as type: ForgedDumpType, to output: inout Output) throws(ForgeError) {
        if type == .summary, options.profile.build >= 9200 {
            throw .unsupported("dumps of type 2 are of kernels before Windows 8")
        }
        guard type != .triage else {
            let body = TriageDump.bytes(of: layout)
            let size = UInt64(DumpHeader.byteCount + body.count)
            try output.write(
                header.bytes(type: type, runs: [], fileByteCount: size, miniDumpFields: TriageDump.fields)[...])
            return try output.write(body[...])
        }
        let writer = DumpWriter(header: header, memory: memory)
        try writer.write(as: type, to: &output)
    }

    var header: DumpHeader {
        let exception = layout.functionAddress("KeBugCheckEx")
        return DumpHeader(
            build: options.profile.build, directoryTableBase: memory.directoryTableBase,
            pfnDatabase: layout.plan.pfnDatabase, loadedModuleList: layout.symbol("PsLoadedModuleList") ?? 0,
            activeProcessHead: layout.symbol("PsActiveProcessHead") ?? 0,
            debuggerData: layout.symbol("KdDebuggerDataBlock") ?? 0, processors: options.processors,
            systemTime: model.now, uptime: model.now - model.bootTime, context: layout.contextBytes(processor: 0),
            exceptionAddress: exception)
    }
}
