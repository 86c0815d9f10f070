import ArgumentParser

/// What a download may cost.
struct DownloadOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Most MiB of one file.", valueName: "MiB"))
    var sizeLimit = 2048

    @Option(help: ArgumentHelp("Seconds that a server may keep silent.", valueName: "seconds"))
    var timeout = 30

    @Option(help: ArgumentHelp("How often a server that fails is asked.", valueName: "count"))
    var tries = 3

    var limits: DownloadLimits {
        DownloadLimits(byteCount: sizeLimit << 20, patience: timeout, tries: tries)
    }

    func validate() throws {
        guard (1...(1 << 20)).contains(sizeLimit), (1...86_400).contains(timeout), (1...100).contains(tries) else {
            throw ValidationError("--size-limit, --timeout and --tries take a count from 1 on.")
        }
    }
}
