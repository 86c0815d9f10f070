import ArgumentParser
import LeakReports

struct TypesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "types",
        abstract: "Shows the layout of structures, unions and enumerations.",
        discussion: """
            NAME is exact and case-sensitive; * and ? stand for any characters and for one. With a PDB, 0x and a number is the type of that \
            number, the only way to one without a name.

            Without --symbols and --dump the newest built-in kernel answers, and is named on stderr. Offsets are in bytes; of a bit field the \
            bits of its integer follow the name.

            With --format json each question is answered by one object a line: {"query","types":[{"name","kind","size","fields":[…]}]}, an \
            enumeration has "base" and "values" in place of "fields".

            EXAMPLES
              logonleak types _TOKEN
              logonleak types '_SEP_*' --dump MEMORY.DMP
              logonleak types _EPROCESS --symbols ntkrnlmp.pdb --format json
              logonleak types --symbols driver.pdb --batch names.txt --format json
            """)

    enum Format: String, ExpressibleByArgument, CaseIterable {
        case text, json
    }

    @Argument(help: "Names or patterns.")
    var names: [String] = []

    @OptionGroup var source: SymbolSourceOptions

    @Option(name: [.short, .long], help: "Form of the result: text, json.")
    var format: Format = .text

    @OptionGroup var result: OutputOptions

    func validate() throws { try source.validate(names) }

    func run() throws {
        try reportingFailures {
            let questions = try source.questions(names)
            let symbols = try source.open()
            var answers: [TypeAnswer] = []
            for question in questions {
                answers.append(TypeAnswer(query: question, types: try symbols.types(question)))
            }
            source.warn(symbols.warnings(ofTypes: true))
            switch format {
            case .json: try result.write { TypeAnswer.writeJSON(answers, to: $0) }
            case .text: try writeText(answers, symbols)
            }
        }
    }

    private func writeText(_ answers: [TypeAnswer], _ symbols: any SymbolSource) throws(Failure) {
        let style = result.style
        let types = answers.flatMap(\.types)
        source.nameBuiltIn(symbols, unless: types.isEmpty)
        try result.write(types.map { $0.render(style: style) }.joined(separator: "\n"))
        try source.requireFound(answers.filter(\.types.isEmpty).map(\.query), "type", in: symbols)
    }
}
