import BinaryReading
import Testing

@testable import DebuggerShell

/// Instructions in the debugger's form; the first rows are the samples of `debugger-commands.md` §7.
@Suite("instructions")
struct InstructionTests {
    private let text = InstructionText { address in
        address.rawValue == 0xFFFF_F802_40D3_2306 ? "nt!RtlSubtreePredecessor+0x16" : nil
    }
    private static let place = VirtualAddress(0xFFFF_F802_40D3_22FD)

    struct Row: CustomTestStringConvertible, Sendable {
        let mnemonic: String
        let operands: String
        let shown: String
        var testDescription: String { shown }

        init(_ mnemonic: String, _ operands: String, _ shown: String) {
            self.mnemonic = mnemonic
            self.operands = operands
            self.shown = shown
        }
    }

    @Test(
        "operands",
        arguments: [
            Row("mov", "rcx, qword ptr [rax + 0x10]", "mov     rcx,qword ptr [rax+10h]"),
            Row("jmp", "0xfffff80240d32306", "jmp     nt!RtlSubtreePredecessor+0x16 (fffff802`40d32306)"),
            Row("call", "0xfffff80200000000", "call    fffff802`00000000"),
            Row("call", "rax", "call    rax"), Row("ret", "", "ret"), Row("int3", "", "int     3"),
            Row("sub", "rsp, 0x28", "sub     rsp,28h"), Row("and", "al, 0xff", "and     al,0FFh"),
            Row("mov", "eax, 1", "mov     eax,1"), Row("cmp", "eax, -1", "cmp     eax,-1"),
            Row("lea", "rcx, [rip + 7]", "lea     rcx,[nt!RtlSubtreePredecessor+0x16 (fffff802`40d32306)]"),
            Row("movabs", "rax, 0x1122334455667788", "mov     rax,1122334455667788h"),
            Row("mov", "dword ptr [rbp + rax*4 - 8], edx", "mov     dword ptr [rbp+rax*4-8],edx"),
        ])
    func operands(_ row: Row) {
        let instruction = Instruction(byteCount: 2, mnemonic: row.mnemonic, operands: row.operands)
        #expect(text.text(instruction, at: Self.place) == row.shown)
    }

    #if Capstone
        @Test("the samples' bytes are decoded")
        func decoding() throws {
            let decoder = try #require(makeInstructionDecoder())
            let first = try #require(
                decoder.instruction(in: [0x48, 0x8B, 0x48, 0x10, 0xEB, 0x07], at: 0xFFFF_F802_40D3_22F9))
            #expect(first.byteCount == 4)
            #expect(text.text(first, at: Self.place) == "mov     rcx,qword ptr [rax+10h]")
            let second = try #require(decoder.instruction(in: [0xEB, 0x07], at: Self.place.rawValue))
            #expect(
                text.text(second, at: Self.place) == "jmp     nt!RtlSubtreePredecessor+0x16 (fffff802`40d32306)")
            #expect(decoder.instruction(in: [0x06], at: 0) == nil)
        }
    #else
        @Test("without the trait nothing is decoded")
        func decoding() { #expect(makeInstructionDecoder() == nil) }
    #endif
}
