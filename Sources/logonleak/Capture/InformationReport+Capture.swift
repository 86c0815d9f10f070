import LeakReports

extension InformationReport {
    /// The list of ways to a dump, with what counts for all of them.
    init(listing platforms: [CapturePlatform]) {
        self.init(
            title: "How to get a dump that logonleak can analyse",
            sections: [
                Section(
                    "rules", "First",
                    .items([
                        Item(
                            "leaking", "It leaks now",
                            .text("Do not restart: capture now. Holders and counts need no preparation.")),
                        Item(
                            "creators", "Creators",
                            .text(
                                "To see who makes the tokens: import the file of 'logonleak capture --settings', restart, wait for the leak, capture again."
                            )),
                        Item(
                            "kind", "Kind",
                            .text("A kernel dump or more. Small dumps and dumps of one process hold no sessions.")),
                        Item(
                            "wait", "Wait",
                            .text("Ten minutes after the last logoff, so that what Windows keeps for a while is gone.")),
                        Item(
                            "secrets", "Secrets",
                            .text(
                                "A dump holds passwords and keys: move it to an encrypted disk, delete every copy when done."
                            )),
                    ])),
                Section(
                    "platforms", "Then, best first: logonleak capture NAME",
                    .rows(
                        Rows(
                            columns: [.init("name", "Name"), .init("title", "Way")],
                            cells: platforms.map { [.text($0.name), .text($0.title)] }))),
            ])
    }

    /// One way to a dump.
    init(of platform: CapturePlatform) {
        func list(_ key: String, _ label: String, _ lines: [String]) -> [Item] {
            let separator = lines.allSatisfy { $0.hasSuffix(".") } ? " " : "; "
            return [Item(key, label, .list(lines.map { .text($0) }), text: lines.joined(separator: separator))]
        }
        self.init(
            title: "How to dump \(platform.title)",
            sections: [
                Section(
                    "platform", "Steps",
                    .items(
                        [Item("name", "Name", .text(platform.name))] + list("before", "Before", platform.before)
                            + list("steps", "Do", platform.steps) + [Item("result", "Result", .text(platform.result))]
                            + list("risks", "Mind", platform.risks)))
            ],
            notes: [
                Note("Then look at the file before you carry it away: logonleak info FILE"),
                Note("Keep the texts of qwinsta and tasklist /svc of the same minutes beside it."),
            ])
    }
}
