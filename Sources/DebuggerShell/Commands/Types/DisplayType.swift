import BinaryReading
import KernelProfiles
import KernelSymbols

/// `dt`: types, and memory as types (`debugger-commands.md` §6).
struct DisplayType: ShellCommand {
    let names = ["dt"]
    let summary = "Displays a type, memory as a type, or a list of structures."
    let usage = [
        "dt [OPTIONS] [MODULE!]TYPE [FIELD…] [ADDRESS] [-l FIELD]",
        "dt TYPE* ADDRESS      ADDRESS holds a pointer to the structure",
        "dt PATTERN            names that fit: dt nt!_SEP*",
        "    -l FIELD  follows a list by a field: Next, ActiveProcessLinks.Flink",
        "    -r[n]     expands structures and pointers, n levels   -b  expands structures in place",
        "    -a[n]     elements of arrays on their own lines       -c  on one line",
        "    -v        sizes and counts of elements               -o  no offsets",
        "    -y NAME   fields that begin so                        -n NAME  a name, not an address",
        "    FIELD.    a field with its fields",
        "dt nt!_SEP_LOGON_SESSION_REFERENCES* ADDRESS -l Next", "dt nt!_TOKEN ADDRESS SessionId DiagnosticInfo.",
    ]
    let takesAttachedOptions = true

    func run(_ invocation: Invocation, in session: ShellSession, to output: CommandOutput) throws(CommandError) {
        let request = try DisplayTypeRequest(invocation.arguments, in: session)
        guard !request.options.wantsHelp else {
            for line in CommandHelp.lines(for: self) { try output.line(line) }
            return
        }
        let printer = StructurePrinter(session, request.options, to: output)
        if let layout = session.types.structure(request.typeName) {
            session.lastTypeName = layout.name
            return try structure(layout, request, printer)
        }
        if let layout = session.types.enumeration(request.typeName) {
            return try enumeration(layout, request, printer)
        }
        if let type = BasicType(request.typeName) { return try number(type, request, printer) }
        try names(request, printer)
    }

    // MARK: Structures

    private func structure(_ layout: StructureLayout, _ request: DisplayTypeRequest, _ printer: StructurePrinter)
        throws(CommandError)
    {
        let plan = printer.plan(layout, selections: request.selections)
        guard !plan.lines.isEmpty || layout.fields.isEmpty else { throw .noSuchFields }
        guard let text = request.address, !request.options.typesOnly else {
            guard request.options.listField == nil else { throw .noSuchFields }
            try header(layout.name, request, printer)
            return try printer.printLayout(plan)
        }
        let session = printer.session
        let address = VirtualAddress(try Expression.evaluate(text, in: session))
        let target = try Self.follow(address, depth: request.pointerDepth, session)
        guard let listField = request.options.listField else {
            if request.pointerDepth > 0 { try printer.output.line(ValueText.pointer(target.rawValue) + " ") }
            try header(layout.name, request, printer)
            return try printer.print(plan, at: target)
        }
        guard let path = FieldPath(listField, in: layout, session.types) else { throw .noSuchFields }
        try StructureList(path: path, plan: plan, printer: printer).print(from: target)
    }

    private func header(_ name: String, _ request: DisplayTypeRequest, _ printer: StructurePrinter) throws(CommandError)
    {
        if !request.hasModule, !request.options.isCompact { try printer.output.line("nt!\(name)") }
    }

    /// The structure that pointers lead to.
    private static func follow(_ address: VirtualAddress, depth: Int, _ session: ShellSession) throws(CommandError)
        -> VirtualAddress
    {
        var target = address
        for _ in 0..<depth {
            guard let next = session.pointer(at: target) else { throw .noSuchFields }
            target = next
        }
        return target
    }

    // MARK: Other types

    private func enumeration(_ layout: EnumerationLayout, _ request: DisplayTypeRequest, _ printer: StructurePrinter)
        throws(CommandError)
    {
        guard let text = request.address else {
            try header(layout.name, request, printer)
            return try printer.printMembers(layout, indent: "   ")
        }
        let form = ValueForm.enumeration(layout.name, layout)
        try value(form, byteCount: layout.byteCount, at: text, request, printer)
    }

    private func number(_ type: BasicType, _ request: DisplayTypeRequest, _ printer: StructurePrinter)
        throws(CommandError)
    {
        guard let text = request.address else {
            return try printer.output.line(
                "   " + TypeWords(types: printer.session.types, isVerbose: false).text(type.form))
        }
        try value(type.form, byteCount: type.byteCount, at: text, request, printer)
    }

    private func value(
        _ form: ValueForm, byteCount: Int, at text: String, _ request: DisplayTypeRequest, _ printer: StructurePrinter
    ) throws(CommandError) {
        let session = printer.session
        let start = try Self.follow(
            VirtualAddress(try Expression.evaluate(text, in: session)), depth: request.pointerDepth, session)
        guard let count = request.options.arrayElements else {
            let window = MemoryWindow(at: start, byteCount: byteCount, in: session.memory)
            return try printer.output.line(printer.values.text(form, at: 0, byteCount: byteCount, in: window).text)
        }
        for index in 0..<count {
            let window = MemoryWindow(at: start + index * byteCount, byteCount: byteCount, in: session.memory)
            let value = printer.values.text(form, at: 0, byteCount: byteCount, in: window).text
            try printer.output.line("[\(index)] \(value)")
        }
    }

    // MARK: Names

    /// Types and symbols that fit a pattern.
    private func names(_ request: DisplayTypeRequest, _ printer: StructurePrinter) throws(CommandError) {
        let session = printer.session
        let pattern = NamePattern(request.typeName)
        guard pattern.literal == nil else {
            throw .typeNotFound(request.hasModule ? "nt!\(request.typeName)" : request.typeName, in: session.types)
        }
        for name in session.types.names where pattern.matches(name) {
            var line = OutputLine("          nt!\(name)")
            if printer.output.wantsLinks {
                line.links = [OutputLine.Link(range: 10..<line.text.utf8.count, command: "dt nt!\(name)")]
            }
            try printer.output.line(line)
        }
        for entry in session.symbols.entries where !entry.isFunction && pattern.matches(entry.name) {
            try printer.output.line("\((session.kernel.base + Int(entry.rva)).debuggerText) nt!\(entry.name)")
        }
        if !session.types.isComplete {
            try printer.output.remark("Only \(session.types.description) was searched; more: --symbols")
        }
    }
}

extension CommandError {
    /// A type that the profile does not have, with what can be done where the profile has only some.
    static func typeNotFound(_ name: String, in types: TypeCatalog) -> CommandError {
        guard !types.isComplete else { return .typeNotFound(name) }
        return .words([
            "Symbol \(name) not found.",
            "It is not in \(types.description), which has \(types.names.count) types; all of them: --symbols",
        ])
    }
}
