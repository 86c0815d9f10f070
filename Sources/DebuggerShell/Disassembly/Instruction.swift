/// One decoded instruction.
struct Instruction: Hashable {
    /// Its length.
    let byteCount: Int
    /// The operation: `mov`.
    let mnemonic: String
    /// The operands in Intel's form with C's numbers: `rcx, qword ptr [rax + 0x10]`.
    let operands: String
}

/// Decodes x64 instructions where a library for it is built in.
protocol InstructionDecoding {
    /// The instruction at the start of some bytes; nil where they are none.
    func instruction(in bytes: [UInt8], at address: UInt64) -> Instruction?
}

/// Longest instruction of x64 in bytes.
let longestInstruction = 15

/// The decoder of this build; nil without the trait `Capstone`.
func makeInstructionDecoder() -> (any InstructionDecoding)? {
    #if Capstone
        return CapstoneDecoder()
    #else
        return nil
    #endif
}
