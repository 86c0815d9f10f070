#if Capstone
    import CCapstone

    /// Decodes instructions through libcapstone.
    final class CapstoneDecoder: InstructionDecoding {
        private var handle: csh = 0

        /// nil where the library cannot decode x64.
        init?() {
            guard unsafe cs_open(CS_ARCH_X86, CS_MODE_64, &handle) == CS_ERR_OK else { return nil }
        }

        deinit { _ = unsafe cs_close(&handle) }

        func instruction(in bytes: [UInt8], at address: UInt64) -> Instruction? {
            var found: UnsafeMutablePointer<cs_insn>?
            let count = unsafe cs_disasm(handle, bytes, bytes.count, address, 1, &found)
            guard count == 1, let instruction = unsafe found else { return nil }
            defer { unsafe cs_free(instruction, count) }
            let byteCount = Int(unsafe instruction.pointee.size)
            guard (1...bytes.count).contains(byteCount) else { return nil }
            return Instruction(
                byteCount: byteCount, mnemonic: Self.text(unsafe instruction.pointee.mnemonic),
                operands: Self.text(unsafe instruction.pointee.op_str))
        }

        /// A text in an array of C characters, which Swift sees as a tuple.
        private static func text<T>(_ characters: T) -> String {
            unsafe withUnsafeBytes(of: characters) { bytes in
                unsafe String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
        }
    }
#endif
