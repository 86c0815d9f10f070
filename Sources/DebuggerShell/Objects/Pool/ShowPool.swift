import BinaryReading
import KernelObjects
import LeakReports

/// `!pool`: the block of pool that holds an address, and its neighbours (`debugger-commands.md` §8.6).
///
/// Where the kernel's pool is a segment heap (1809 and later), headers do not link and only the block itself is shown.
struct ShowPool: ShellCommand {
    let names = ["!pool"]
    let summary = "Shows the pool block that holds an address, with its tag."
    let usage = ["!pool ADDRESS [FLAGS]", "    FLAGS 2: only the block itself", "!pool ffffdc0155e94340 2"]

    private static let onlyBlock: UInt64 = 2

    func run(_ invocation: Invocation, in session: ShellSession, to output: CommandOutput) throws(CommandError) {
        var arguments = ArgumentReader(invocation.arguments)
        guard let word = arguments.next() else {
            throw .words(["!pool needs an address.", "Usage: !pool ADDRESS [FLAGS]"])
        }
        let address = VirtualAddress(try session.value(of: word))
        let flags = try arguments.next().map { (word) throws(CommandError) in try session.value(of: word) } ?? 0
        if let block = try BigPoolBlock.containing(address, in: session, output) {
            return try Self.show(block, around: address, to: output)
        }
        guard address.isKernel, let page = PoolPage(around: address, in: session) else {
            throw .words(
                "Address \(address.extensionText) could not be read. It may be a freed, invalid or paged out page")
        }
        guard let block = page.blocks.first(where: { $0.contains(address) }) else {
            throw .words([
                "Pool page \(address.extensionText) region is Unknown",
                "\(address.extensionText) is not valid pool. No header before it covers it.",
            ])
        }
        let region = block.type == 0 ? "Unknown" : block.type & 1 == 1 ? "Paged pool" : "Nonpaged pool"
        try output.line("Pool page \(address.extensionText) region is \(region)")
        for each in page.blocks where flags & Self.onlyBlock == 0 || each == block {
            try output.line(Self.line(each, isChosen: each == block, isChained: page.isChained))
            if each == block { try output.line(PoolTagText.explanation(each.tag)) }
        }
    }

    private static func show(_ block: BigPoolBlock, around address: VirtualAddress, to output: CommandOutput)
        throws(CommandError)
    {
        let region = block.isPaged.map { $0 ? "Paged pool" : "Nonpaged pool" } ?? "Unknown"
        try output.line("Pool page \(address.extensionText) region is \(region)")
        try output.line(
            "*\(block.start.extensionText) : large page allocation, tag is \(PoolTagText.text(block.tag)), "
                + "size is \(block.byteCount.hexText) bytes")
        try output.line(PoolTagText.explanation(block.tag))
    }

    private static func line(_ block: PoolBlock, isChosen: Bool, isChained: Bool) -> String {
        func size(_ byteCount: Int) -> String {
            let digits = String(byteCount, radix: 16)
            return String(repeating: " ", count: max(0, 4 - digits.count)) + digits
        }
        let mark = isChosen ? "*" : " "
        let state = block.type == 0 ? "(Free)     " : "(Allocated)"
        return "\(mark)\(block.start.extensionText) size: \(size(block.byteCount)) "
            + "previous size: \(size(isChained ? block.previousByteCount : 0))  \(state) \(mark)\(PoolTagText.text(block.tag))"
    }
}
