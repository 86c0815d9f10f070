import BinaryReading

extension Unicode.Scalar {
    /// Whether a terminal would obey it, hide it, or turn the text around it: control and format characters, line separators, marks of
    /// direction, private use and unassigned scalars.
    var isHiddenOrTurning: Bool {
        if value < 0x20 || (0x7F...0x9F).contains(value) { return true }
        if value < 0x300 { return value == 0xAD }
        switch properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .privateUse, .surrogate, .unassigned: return true
        default: return false
        }
    }

    /// Columns that it takes on a terminal: 0 for marks on the letter before, 2 for wide scripts and emoji.
    var columns: Int {
        if value < 0x300 { return 1 }
        switch properties.generalCategory {
        case .nonspacingMark, .enclosingMark: return 0
        default: break
        }
        switch value {
        case 0x1100...0x115F, 0x2E80...0x303E, 0x3041...0xA4CF, 0xA960...0xA97F, 0xAC00...0xD7A3, 0xF900...0xFAFF,
            0xFE30...0xFE6F, 0xFF00...0xFF60, 0xFFE0...0xFFE6, 0x1F300...0x1F64F, 0x1F680...0x1F6FF, 0x1F900...0x1F9FF,
            0x20000...0x3FFFD:
            return 2
        default: return 1
        }
    }
}

extension String {
    /// Text from a dump, made harmless for a terminal: what is hidden or turns text is shown as `\u{202e}`.
    package var terminalSafe: String {
        guard unicodeScalars.contains(where: \.isHiddenOrTurning) else { return self }
        var text = ""
        for scalar in unicodeScalars {
            if scalar.isHiddenOrTurning {
                text += "\\u{" + String(scalar.value, radix: 16) + "}"
            } else {
                text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    /// Columns that the text takes on a terminal.
    package var columns: Int { unicodeScalars.reduce(0) { $0 + $1.columns } }

    /// The text cut to a number of columns, with an ellipsis where something was cut.
    package func fitted(to width: Int) -> String {
        guard columns > width else { return self }
        guard width > 0 else { return "" }
        var text = ""
        var used = 0
        for scalar in unicodeScalars {
            guard used + scalar.columns <= width - 1 else { break }
            text.unicodeScalars.append(scalar)
            used += scalar.columns
        }
        return text + "…"
    }
}
