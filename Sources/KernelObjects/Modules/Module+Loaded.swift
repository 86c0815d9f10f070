public import KernelSymbols

extension Module {
    /// All images that a kernel has loaded and that can be read, by base address.
    ///
    /// - Throws: `LayoutError` where the kernel's symbols lack what the list needs.
    public static func loaded(in kernel: Kernel) throws(LayoutError) -> [Module] {
        try ModuleList(ReadingContext(kernel)).loadedModules()
    }
}
