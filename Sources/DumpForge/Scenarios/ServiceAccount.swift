/// A service and its SID: S-1-5-80 and the SHA-1 of its name in upper case.
struct ServiceAccount {
    let name: String
    let sid: SecurityIdentifier

    private init(_ name: String, _ parts: UInt32...) {
        self.name = name
        sid = SecurityIdentifier(5, [80] + parts)
    }

    /// The services of a service host; hosts of later kernels run one service each.
    static func services(of group: String, isAlone: Bool) -> [Self] {
        Array((groups[group] ?? []).prefix(isAlone ? 1 : 3))
    }

    private static let groups: [String: [Self]] = [
        "DcomLaunch": [
            Self("PlugPlay", 1_981_970_923, 922_788_642, 3_535_304_421, 2_999_920_573, 318_732_269),
            Self("DcomLaunch", 1_601_830_629, 990_752_416, 3_372_939_810, 977_361_409, 3_075_122_917),
        ],
        "RPCSS": [
            Self("RpcSs", 979_556_362, 403_687_129, 3_954_533_659, 2_335_141_334, 1_547_273_080),
            Self("RpcEptMapper", 521_322_694, 906_040_134, 3_864_710_659, 1_525_148_216, 3_451_224_162),
        ],
        "netsvcs": [
            Self("Schedule", 4_125_092_361, 1_567_024_937, 842_823_819, 2_091_237_918, 836_075_745),
            Self("ProfSvc", 3_816_717_743, 33_564_931, 1_112_267_079, 3_548_917_561, 928_358_339),
            Self("seclogon", 1_399_994_486, 219_206_332, 302_438_500, 304_602_034, 1_537_790_326),
        ],
        "LocalServiceNetworkRestricted": [
            Self("Dhcp", 2_940_520_708, 3_855_866_260, 481_812_779, 327_648_279, 1_710_889_582)
        ],
        "LocalService": [
            Self("EventSystem", 1_772_571_935, 1_555_666_882, 3_369_284_645, 1_675_012_128, 2_386_634_627)
        ],
        "NetworkService": [Self("Dnscache", 859_482_183, 879_914_841, 863_379_149, 1_145_462_774, 2_388_618_682)],
        "termsvcs": [Self("TermService", 446_051_430, 1_559_341_753, 4_161_941_529, 1_950_928_533, 810_483_104)],
    ]
}

extension MachineModel {
    /// A token's draft with the SIDs of services among its groups.
    mutating func withServices(_ services: [ServiceAccount], _ token: ModelToken) -> ModelToken {
        guard !services.isEmpty else { return token }
        var groups = groupLists[token.groups]
        groups.insert(contentsOf: services.map { GroupMembership($0.sid, 0xE) }, at: max(0, groups.count - 1))
        groupLists.append(groups)
        var copy = token
        copy.groups = groupLists.count - 1
        return copy
    }
}
