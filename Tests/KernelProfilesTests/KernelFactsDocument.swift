import Foundation
import KernelProfiles
import Testing

/// What `../shared/reference/kernels.json.xz` says, read by Foundation: another parser than the generator's.
struct KernelFactsDocument: Decodable {
    struct Structure: Decodable {
        let kind: String
        let size: Int
        let partial: Bool?
        let fields: [Field]
    }

    struct Field: Decodable {
        let name: String
        let offset: Int
        let size: Int
        let type: String

        init(from decoder: any Decoder) throws {
            var container = try decoder.unkeyedContainer()
            name = try container.decode(String.self)
            offset = try container.decode(Int.self)
            size = try container.decode(Int.self)
            type = try container.decode(String.self)
        }
    }

    struct LayoutSet: Decodable {
        let types: [String: Int]
    }

    struct Kernel: Decodable {
        let guid: String?
        let age: UInt32?
        let version: String
        let layout: Int
        let data: [UInt32?]?
        let data_extent: [UInt32?]?
        let functions: Functions?
        let invalid_pte_mask: [String: UInt32]?
    }

    struct Functions: Decodable {
        let id: [Int]
        let gap: [Int]
        let extent: [Int]
    }

    let types: [String: [Structure]]
    let layout_sets: [LayoutSet]
    let data_names: [String]
    let function_names: [String]
    let kernels: [Kernel]
    let layout_only: [Kernel]
}
