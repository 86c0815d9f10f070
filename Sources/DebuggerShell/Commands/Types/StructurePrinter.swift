import BinaryReading
import KernelProfiles

/// Writes structures field by field, with or without memory (`debugger-commands.md` §6.1–6.4).
struct StructurePrinter {
    let session: ShellSession
    let options: DisplayTypeOptions
    let output: CommandOutput
    let values: ValueText
    private let words: TypeWords

    init(_ session: ShellSession, _ options: DisplayTypeOptions, to output: CommandOutput) {
        self.session = session
        self.options = options
        self.output = output
        words = TypeWords(types: session.types, isVerbose: options.isVerbose)
        values = ValueText(session: session, words: words)
    }

    /// Columns that each level of nesting adds.
    private static let indentWidth = 3

    private func indentation(_ level: Int) -> String {
        options.hidesIndent ? "" : String(repeating: " ", count: Self.indentWidth * (level + 1))
    }

    /// The plan of a whole structure.
    func plan(_ layout: StructureLayout, selections: [FieldSelection] = []) -> StructurePlan {
        StructurePlan(
            layout, selections: selections,
            width: selections.map(\.width).max() ?? StructurePlan.usualWidth, hidesOffsets: options.hidesOffsets,
            in: session.types)
    }

    // MARK: With memory

    /// Writes a structure at an address.
    ///
    /// - Throws: `noSuchFields` where its first byte cannot be read.
    func print(_ plan: StructurePlan, at address: VirtualAddress) throws(CommandError) {
        let window = MemoryWindow(at: address, byteCount: plan.layout.byteCount, in: session.memory)
        guard window.isReadable else { throw .noSuchFields }
        if options.isCompact { return try printCompact(plan, window) }
        if plan.lines.count == plan.layout.fields.count, let special = SpecialStructure(rawValue: plan.layout.name),
            let line = values.line(of: special, at: 0, in: window)
        {
            try output.line(line.hasPrefix(" ") ? line : " " + line)
        }
        try print(plan, window, level: 0, recursion: options.recursion)
    }

    private func printCompact(_ plan: StructurePlan, _ window: MemoryWindow) throws(CommandError) {
        let parts = plan.lines.map { line in
            line.label.split(separator: " ", omittingEmptySubsequences: true).joined(separator: " ") + " "
                + values.text(line.form, at: line.field.offset, byteCount: line.field.byteCount, in: window).text
        }
        try output.line("   " + parts.joined(separator: "  "))
    }

    private func print(_ plan: StructurePlan, _ window: MemoryWindow, level: Int, recursion: Int) throws(CommandError) {
        let indent = indentation(level)
        for line in plan.lines {
            try print(line, window, indent: indent, level: level, recursion: recursion)
        }
    }

    private func print(
        _ line: StructurePlan.Line, _ window: MemoryWindow, indent: String, level: Int, recursion: Int
    ) throws(CommandError) {
        let offset = line.field.offset
        if let children = line.children {
            let value = line.form.isPointer ? value(line, window).text : parentText(line.form, offset, window)
            try output.line(indent + line.label + value)
            if let inner = inner(line, children, window) {
                try print(children, inner, level: level + 1, recursion: 0)
            }
            return
        }
        if line.hidesTypeName { return try output.line(indent + line.label + parentText(line.form, offset, window)) }
        if let limit = options.arrayElements, case .array(let count, let element, let byteCount) = line.form,
            !element.isCharacter
        {
            try output.line(indent + line.label)
            return try printElements(
                min(count, limit), element, byteCount, at: offset, window, level: level, recursion: recursion)
        }
        try write(value(line, window), after: indent + line.label)
        guard let name = expandedName(line.form, level: level, recursion: recursion),
            let layout = session.types.structure(name)
        else { return }
        let below = plan(layout)
        guard let inner = inner(line, below, window), inner.isReadable else { return }
        try print(below, inner, level: level + 1, recursion: recursion - 1)
    }

    private func value(_ line: StructurePlan.Line, _ window: MemoryWindow) -> ValueText.Result {
        values.text(line.form, at: line.field.offset, byteCount: line.field.byteCount, in: window)
    }

    /// A structure whose fields follow shows its one-line form without its name.
    private func parentText(_ form: ValueForm, _ offset: Int, _ window: MemoryWindow) -> String {
        guard case .structure(let structure) = form, let special = structure.special,
            let line = values.line(of: special, at: offset, in: window)
        else { return "" }
        return line.hasPrefix(" ") ? line : " " + line
    }

    /// The memory of what a line holds or points to.
    private func inner(_ line: StructurePlan.Line, _ plan: StructurePlan, _ window: MemoryWindow) -> MemoryWindow? {
        guard line.form.isPointer else {
            return MemoryWindow(
                at: window.address + line.field.offset, byteCount: plan.layout.byteCount, in: session.memory)
        }
        guard let target = window.pointer(at: line.field.offset), !target.isNull else { return nil }
        return MemoryWindow(at: target, byteCount: plan.layout.byteCount, in: session.memory)
    }

    /// The structure that `-r` or `-b` expands below a line; nil where none.
    private func expandedName(_ form: ValueForm, level: Int, recursion: Int) -> String? {
        if recursion > 0 { return form.structureName }
        guard options.expandsInPlace, level < DisplayTypeOptions.recursionLimit else { return nil }
        return form.isPointer && level > 0 ? nil : form.structureName
    }

    private func write(_ value: ValueText.Result, after prefix: String) throws(CommandError) {
        var line = OutputLine(prefix + value.text)
        if output.wantsLinks, let link = value.link {
            let start = prefix.utf8.count
            line.links = [OutputLine.Link(range: start..<(start + link.byteCount), command: link.command)]
        }
        try output.line(line)
    }

    private func printElements(
        _ count: Int, _ element: ValueForm, _ byteCount: Int, at offset: Int, _ window: MemoryWindow, level: Int,
        recursion: Int
    ) throws(CommandError) {
        let indent = indentation(level) + " "
        for index in 0..<max(count, 0) {
            let place = offset &+ index &* byteCount
            let number = index < 10 ? "0\(index)" : "\(index)"
            let value = values.text(element, at: place, byteCount: byteCount, in: window)
            try write(value, after: "\(indent)[\(number)] ")
            guard !element.isPointer, let layout = element.structureName.flatMap(session.types.structure),
                SpecialStructure(rawValue: layout.name) == nil
            else { continue }
            let inner = MemoryWindow(at: window.address + place, byteCount: layout.byteCount, in: session.memory)
            try print(plan(layout), inner, level: level + 1, recursion: recursion - 1)
        }
    }

    // MARK: Without memory

    /// Writes the layout alone.
    func printLayout(_ plan: StructurePlan) throws(CommandError) {
        if options.isVerbose { try output.line(TypeWords.verbose(plan.layout)) }
        try printLayout(plan, level: 0, recursion: options.recursion, path: [plan.layout.name])
    }

    private func printLayout(_ plan: StructurePlan, level: Int, recursion: Int, path: [String]) throws(CommandError) {
        let indent = indentation(level)
        for line in plan.lines {
            if recursion > 0, case .enumeration(_, let layout?) = line.form {
                try output.line(indent + line.label)
                try printMembers(layout, indent: indentation(level + 1))
                continue
            }
            var text = OutputLine(indent + line.label + words.text(line.form))
            if output.wantsLinks, let name = line.form.structureName {
                let end = text.text.utf8.count
                text.links = [
                    OutputLine.Link(range: (end - words.text(line.form).utf8.count)..<end, command: "dt nt!\(name)")
                ]
            }
            try output.line(text)
            if let children = line.children {
                try printLayout(children, level: level + 1, recursion: 0, path: path)
            } else if let name = expandedName(line.form, level: level, recursion: recursion), !path.contains(name),
                let layout = session.types.structure(name)
            {
                try printLayout(
                    self.plan(layout), level: level + 1, recursion: recursion - 1, path: path + [name])
            }
        }
    }

    /// Writes the names and values of an enumeration.
    func printMembers(_ layout: EnumerationLayout, indent: String) throws(CommandError) {
        for member in layout.members { try output.line("\(indent)\(member.name) = 0n\(member.value)") }
    }
}

extension ValueForm {
    /// Whether it is a character: arrays of them are text.
    var isCharacter: Bool { if case .character = self { true } else { false } }
}
