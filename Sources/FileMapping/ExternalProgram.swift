/// A program of the user's that this one runs, without a shell, for the bytes that it writes to its standard output.
package struct ExternalProgram: Sendable {
    /// Where it lies, a whole path.
    package let path: String

    /// Why a program could not be run.
    package struct LaunchError: Error, Sendable {
        /// The system's words.
        package let text: String
    }

    /// How a run ended.
    package enum Ending: Hashable, Sendable {
        /// The program ended with this status; by a signal: 128 and the signal's number.
        case ended(status: Int32)
        /// Its output was not wanted any more.
        case stopped
    }

    /// The first of several programs that is found in PATH; nil where there is none.
    ///
    /// Only whole paths in PATH count: what lies in the current folder is not run.
    package init?(named names: String...) {
        let found = names.lazy.compactMap { name in
            SystemProgram.searchFolders.lazy.map { Folder.path($0, name + SystemProgram.suffix) }
                .first(where: SystemProgram.canRun)
        }
        guard let path = found.first else { return nil }
        self.path = path
    }

    /// The last part of its path, without `.exe`.
    package var name: String {
        let last = path.split(whereSeparator: SystemFile.isPathSeparator).last.map(String.init) ?? path
        return last.hasSuffix(SystemProgram.suffix) ? String(last.dropLast(SystemProgram.suffix.count)) : last
    }

    /// Runs the program to its end; what it writes to standard error is dropped.
    ///
    /// - Parameters:
    ///   - arguments: Its arguments, without its own name; each reaches it as it is.
    ///   - input: A file for its standard input; nil for none.
    ///   - output: Takes what it writes, piece by piece; false ends the program.
    package func run(_ arguments: [String], input: String? = nil, output: (ArraySlice<UInt8>) -> Bool)
        throws(LaunchError) -> Ending
    {
        let run = try SystemProgram(path: path, name: name, arguments, input: input)
        var piece = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = run.read(into: &piece)
            guard count > 0 else { return .ended(status: run.finish(ending: false)) }
            guard output(piece[..<count]) else {
                _ = run.finish(ending: true)
                return .stopped
            }
        }
    }
}
