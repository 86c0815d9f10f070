/// Whether the terminal shows OSC 8 hyperlinks; one that does not know them may show their bytes.
enum TerminalLinks {
    private static let programs: Set = ["iTerm.app", "WezTerm", "vscode", "ghostty", "Hyper", "Tabby", "rio"]
    private static let kinds = ["xterm-kitty", "foot", "alacritty", "wezterm", "xterm-ghostty", "contour"]

    /// By what terminals say of themselves in the environment; `FORCE_HYPERLINK` decides where it is set.
    static var areShown: Bool {
        if let forced = environmentVariable("FORCE_HYPERLINK") { return forced != "0" }
        if let program = environmentVariable("TERM_PROGRAM"), programs.contains(program) { return true }
        if let kind = environmentVariable("TERM"), kinds.contains(where: kind.hasPrefix) { return true }
        // Gnome's terminals know them since 0.50.
        if let version = environmentVariable("VTE_VERSION").flatMap({ Int($0) }), version >= 5000 { return true }
        return environmentVariable("WT_SESSION") != nil
    }
}
