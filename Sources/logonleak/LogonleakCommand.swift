import ArgumentParser

@main
struct LogonleakCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(commandName: "logonleak")
}
