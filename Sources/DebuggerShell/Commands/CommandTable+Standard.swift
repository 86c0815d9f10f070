extension CommandTable {
    /// All commands of the shell.
    static let standard = CommandTable(
        memoryCommands + symbolCommands + typeCommands + objectCommands + dumpCommands + leakCommands + textCommands
            + sessionCommands + MissingCommand.all)

    private static let memoryCommands: [any ShellCommand] =
        DisplayMemory.formats.map { DisplayMemory(format: $0) } + [
            DisplayPointers(followsPointers: false), DisplayPointers(followsPointers: true), DisplayText(isWide: false),
            DisplayText(isWide: true), RepeatDisplay(), SearchMemory(),
        ]

    private static let symbolCommands: [any ShellCommand] = [
        ExamineSymbols(), ListNearest(), EvaluateExpression(), DisplayFormats(), Unassemble(),
    ]

    private static let typeCommands: [any ShellCommand] = [DisplayType()]

    private static let textCommands: [any ShellCommand] = [
        Grep(), Cut(), ForEachLine(), Count(), Head(), Tail(), Sort(), Unique(),
    ]

    private static let sessionCommands: [any ShellCommand] = [
        OpenLog(kind: .open), OpenLog(kind: .append), OpenLog(kind: .generated), CloseLog(onlyTells: false),
        CloseLog(onlyTells: true), Echo(), Comment(), LoadExtension(), ProcessContext(), ThreadContext(), Registers(),
        SymbolPath(), Reload(), Radix(), Help(), Quit(),
    ]
}
