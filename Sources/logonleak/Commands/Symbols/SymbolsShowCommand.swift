import ArgumentParser
import LeakReports

struct SymbolsShowCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "show",
        abstract: "Shows where symbols lie, or what lies at an address.",
        discussion: """
            A name is exact and case-sensitive, without module; * and ? stand for any characters and for one. 0x and a number is an address: \
            shown are all names at the greatest address not above it. With --dump addresses are those of the dump, else they count from \
            the image's base.

            Without --symbols and --dump the newest built-in kernel answers, and is named on stderr; it knows functions and the variables that \
            an analysis needs.

            With --format json each question is answered by one object a line: {"query","matches":[{"name","rva","displacement","address"}]}; \
            a symbol without address has null there.

            EXAMPLES
              logonleak symbols show PsActiveProcessHead
              logonleak symbols show 'SepLogon*' --symbols ntkrnlmp.pdb
              logonleak symbols show 0xfffff80312345678 --dump MEMORY.DMP
              logonleak symbols show --symbols driver.pdb --batch questions.txt --format json
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, json
    }

    @Argument(help: "Names, patterns, or addresses in hex with 0x.")
    var symbols: [String] = []

    @OptionGroup var source: SymbolSourceOptions

    @Option(name: [.short, .long], help: "Form of the result: text, json.")
    var format: Format = .text

    @OptionGroup var result: OutputOptions

    func validate() throws { try source.validate(symbols) }

    func run() throws {
        try reportingFailures {
            let questions = try source.questions(symbols)
            let symbols = try source.open()
            let answers = questions.map { symbols.answer($0) }
            source.warn(symbols.warnings(ofTypes: false))
            switch format {
            case .json: try result.write { SymbolAnswer.writeJSON(answers, to: $0) }
            case .text: try writeText(answers, symbols)
            }
        }
    }

    private func writeText(_ answers: [SymbolAnswer], _ symbols: any SymbolSource) throws(Failure) {
        source.nameBuiltIn(symbols, unless: answers.allSatisfy(\.matches.isEmpty))
        try result.write(answers.map { $0.render() }.joined())
        try source.requireFound(answers.filter(\.matches.isEmpty).map(\.query), "symbol", in: symbols)
    }
}
