import BinaryReading

/// Instructions as the debugger writes them (`debugger-commands.md` §7): `mov     rcx,qword ptr [rax+10h]`.
struct InstructionText {
    /// The name of what lies at an address; nil where nothing has one.
    let name: (VirtualAddress) -> String?

    private static let mnemonicWidth = 7
    private static let renamed = ["movabs": "mov", "int3": "int"]

    /// Mnemonic and operands of an instruction at an address.
    func text(_ instruction: Instruction, at address: VirtualAddress) -> String {
        let mnemonic = Self.renamed[instruction.mnemonic] ?? instruction.mnemonic
        let operands = instruction.mnemonic == "int3" ? "3" : self.operands(of: instruction, at: address)
        guard !operands.isEmpty else { return mnemonic }
        return mnemonic + String(repeating: " ", count: max(Self.mnemonicWidth - mnemonic.count, 0)) + " " + operands
    }

    private func operands(of instruction: Instruction, at address: VirtualAddress) -> String {
        let next = address + instruction.byteCount
        if isBranch(instruction.mnemonic), let target = UInt64(hexText: instruction.operands),
            instruction.operands.hasPrefix("0x")
        {
            return place(VirtualAddress(target))
        }
        return instruction.operands.split(separator: ",", omittingEmptySubsequences: false).map { operand in
            self.operand(operand.trimmed, next: next)
        }.joined(separator: ",")
    }

    private func isBranch(_ mnemonic: String) -> Bool {
        let word = mnemonic.split(separator: " ").last ?? ""
        return word.hasPrefix("j") || word == "call" || word.hasPrefix("loop")
    }

    /// `nt!RtlSubtreePredecessor+0x16 (fffff802`40d32306)`.
    private func place(_ address: VirtualAddress) -> String {
        name(address).map { "\($0) (\(address.debuggerText))" } ?? address.debuggerText
    }

    private func operand(_ text: String, next: VirtualAddress) -> String {
        guard let open = text.firstIndex(of: "["), let close = text.lastIndex(of: "]"), open < close else {
            return numbers(in: text)
        }
        let inner = text[text.index(after: open)..<close]
        let parts = inner.split(separator: " ")
        if parts.count == 3, parts[0] == "rip", let distance = Self.number(parts[2]) {
            let target = parts[1] == "-" ? next.rawValue &- distance : next.rawValue &+ distance
            return "\(text[..<open])[\(place(VirtualAddress(target)))]"
        }
        return text[..<open] + "[" + parts.map { numbers(in: String($0)) }.joined() + "]"
    }

    private static func number(_ text: some StringProtocol) -> UInt64? {
        text.hasPrefix("0x") ? UInt64(text.dropFirst(2), radix: 16) : UInt64(text)
    }

    /// C's hex numbers in the debugger's form: `0x10` is `10h`, `0xff` is `0FFh`.
    private func numbers(in text: String) -> String {
        let isNegative = text.hasPrefix("-")
        guard let value = Self.number(isNegative ? String(text.dropFirst()) : text) else { return text }
        return (isNegative ? "-" : "") + Self.assemblerText(value)
    }

    private static func assemblerText(_ value: UInt64) -> String {
        guard value >= 10 else { return String(value) }
        let digits = String(value, radix: 16, uppercase: true)
        return (digits.first?.isLetter == true ? "0" : "") + digits + "h"
    }
}
