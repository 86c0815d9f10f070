import AddressTranslation
import BinaryReading
import KernelProfiles

/// Reads the loader's own list of a process's images, from its process environment block (PEB): user pages, which few dumps hold.
struct LoaderList {
    private let environmentBlock: Int
    private let loaderData: Int
    private let head: Int
    private let links: Int
    private let base: Int
    private let imageByteCount: Int
    private let fullName: Int
    private let entryByteCount: Int

    /// More images than any process maps.
    private static let entryLimit = 4096
    private static let pathLimit = 0x1000

    init(_ profile: KernelProfile) throws(LayoutError) {
        environmentBlock = try FieldOffsets(of: "_EPROCESS", in: profile).offset("Peb")
        loaderData = try FieldOffsets(of: "_PEB", in: profile).offset("Ldr")
        head = try FieldOffsets(of: "_PEB_LDR_DATA", in: profile).offset("InLoadOrderModuleList", byteCount: 16)
        let entry = try FieldOffsets(of: "_LDR_DATA_TABLE_ENTRY", in: profile)
        links = try entry.offset("InLoadOrderLinks", byteCount: 16)
        base = try entry.offset("DllBase")
        imageByteCount = try entry.offset("SizeOfImage", byteCount: 4)
        fullName = try entry.offset("FullDllName", byteCount: UnicodeString.byteCount)
        // Later members differ from build to build; those that are read are the first on every one.
        entryByteCount = fullName + UnicodeString.byteCount
    }

    /// The images in load order; nil unless the whole list can be read, since then the kernel's descriptors say more.
    ///
    /// - Parameters:
    ///   - process: Address of the `_EPROCESS`.
    ///   - kernelMemory: Reads the `_EPROCESS`.
    ///   - space: The process's own address space.
    func images(ofProcessAt process: VirtualAddress, kernelMemory: VirtualMemory, in space: AddressSpace)
        -> [UserImage]?
    {
        guard let block = try? kernelMemory.loadAddress(at: process + environmentBlock), Self.isUser(block),
            (try? space.translate(block)) != nil
        else { return nil }
        let memory = VirtualMemory(space)
        guard let data = try? memory.loadAddress(at: block + loaderData), Self.isUser(data) else { return nil }
        let end = data + head
        var images: [UserImage] = []
        var cycle = CycleDetection(start: end)
        var current = end
        while let next = try? memory.loadAddress(at: current) {
            if next == end { return images.isEmpty ? nil : images }
            guard Self.isUser(next), !cycle.closes(at: next), images.count < Self.entryLimit,
                let image = image(at: next - links, in: memory)
            else { return nil }
            images.append(image)
            current = next
        }
        return nil
    }

    private func image(at entry: VirtualAddress, in memory: VirtualMemory) -> UserImage? {
        let fields = try? memory.withBytes(at: entry, count: entryByteCount) { bytes in
            (bytes.address(at: base), bytes.value(UInt32.self, at: imageByteCount), UnicodeString(bytes, at: fullName))
        }
        guard let fields, Self.isUser(fields.0), fields.1 > 0,
            let path = try? fields.2.text(in: memory, limit: Self.pathLimit), !path.isEmpty
        else { return nil }
        return UserImage(base: fields.0, byteCount: UInt64(fields.1), path: path)
    }

    private static func isUser(_ address: VirtualAddress) -> Bool {
        !address.isNull && address.rawValue < UserImage.addressLimit
    }
}
