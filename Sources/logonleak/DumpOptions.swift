import ArgumentParser

/// The dump that a command reads, and what the user says against it.
struct DumpOptions: ParsableArguments {
    @Argument(help: "The kernel dump.", completion: .file(extensions: ["dmp", "DMP"]))
    var dump: String

    @OptionGroup var reading: ReadingOptions

    /// The dump, to be opened as the user says.
    var opening: DumpOpening { reading.opening(dump) }
}
