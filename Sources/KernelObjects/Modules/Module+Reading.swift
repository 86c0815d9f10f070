public import KernelSymbols

extension Module {
    /// The modules that a kernel has loaded, by base address: those that can be read.
    ///
    /// For questions that need nothing else of the machine; a ``Snapshot`` has them as well.
    public static func loaded(by kernel: Kernel) -> [Module] {
        (try? ModuleList(ReadingContext(kernel)))?.loadedModules() ?? []
    }
}
