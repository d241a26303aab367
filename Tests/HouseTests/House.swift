/// The layers of `docs/ARCHITECTURE.md`, from the bottom up. Imports go down only.
enum Layer: Int {
    case rules, useCases, adapters, programs
    /// A module map around a C library: no Swift of its own.
    case cLibrary
}

/// One row of the table: what a target's files may import.
struct House {
    let layer: Layer
    /// Targets of this package.
    let ours: Set<String>
    /// Modules from outside it: other packages, C libraries, the toolchain.
    let outside: Set<String>

    init(_ layer: Layer, _ ours: Set<String> = [], outside: Set<String> = []) {
        self.layer = layer
        self.ours = ours
        self.outside = outside
    }
}

/// What the toolchain offers to code that may do I/O. The rules get none of it.
private let toolchain: Set<String> = [
    "Foundation", "FoundationEssentials", "Glibc", "Synchronization",
]

extension House {
    /// Every folder of `Sources/`. It is written out by hand, apart from `Package.swift`: the
    /// manifest says what a target *can* import (and not even that, once a module lies in the
    /// build folder), this says what it *may*.
    static let table: [String: House] = rules.merging(useCases) { row, _ in row }
        .merging(adapters) { row, _ in row }
        .merging(programs) { row, _ in row }
        .merging(cLibraries) { row, _ in row }

    private static let rules: [String: House] = [
        "Money": House(.rules),
        "CBOR": House(.rules),
        // Crypto's API speaks Data, which only this module may touch.
        "COSE": House(.rules, ["CBOR"], outside: ["Crypto", "FoundationEssentials"]),
        "Vouchers": House(.rules, ["Money", "CBOR", "COSE"], outside: ["Crypto"]),
        "PaymentCodes": House(.rules, ["Money", "COSE", "Vouchers"], outside: ["Crypto"]),
        "Payments": House(.rules, ["Money", "COSE", "Vouchers"]),
        "Trust": House(.rules, ["Money", "CBOR", "COSE", "Vouchers"]),
        "HubProtocol": House(
            .rules, ["Money", "CBOR", "COSE", "Vouchers", "Payments", "Trust"],
            outside: ["Crypto"]),
        "HotLists": House(.rules, ["CBOR", "COSE", "Vouchers", "HubProtocol"]),
        "Clocks": House(.rules),
        "PolicySources": House(.rules, ["Money", "Payments", "HubProtocol"]),
        "JournalExport": House(
            .rules, ["CBOR", "COSE", "Vouchers", "Payments", "HubProtocol"], outside: ["Crypto"]),
        "ControlProtocol": House(
            .rules, ["Money", "HubProtocol", "Payments", "Screens", "Vouchers", "Clocks"]),
        "Screens": House(.rules, ["Money", "Payments", "Vouchers", "Clocks"]),
        "HardwareProfiles": House(.rules),
        "ScannerProtocol": House(.rules),
        "ScanEngines": House(.rules),
    ]

    private static let useCases: [String: House] = [
        "Terminal": House(
            .useCases,
            [
                "Money", "CBOR", "COSE", "Vouchers", "PaymentCodes", "Payments", "HubProtocol",
                "Screens", "HardwareProfiles", "HotLists", "Clocks", "Trust", "JournalExport",
            ], outside: ["Crypto", "Synchronization"]),
        "Hub": House(
            .useCases,
            [
                "HotLists", "PaymentCodes", "Money", "CBOR", "COSE", "Vouchers", "Payments",
                "HubProtocol", "Trust",
            ], outside: ["Crypto", "Synchronization"]),
        "Wallet": House(
            .useCases, ["Money", "CBOR", "COSE", "Vouchers", "PaymentCodes"], outside: ["Crypto"]),
    ]

    private static let adapters: [String: House] = [
        "FileCamera": adapter(["Terminal"], ["CPNG", "CTurboJPEG"]),
        "ZBarDecoder": adapter(["Terminal", "Screens"], ["CZBar", "CZXing"]),
        "V4L2Camera": adapter(["ScannerProtocol"], ["CV4L2", "CTurboJPEG"]),
        "ProcessScanner": adapter(["Terminal", "Screens", "ScannerProtocol"], ["CScanner"]),
        "EngineScanner": adapter(["Terminal", "ScanEngines"], []),
        "QRencodeEncoder": adapter(["Screens"], ["CQRencode"]),
        "ESCPOSPrinter": adapter(["Terminal", "Screens"], []),
        "LinuxSignals": adapter(["Terminal", "Screens"], ["CALSA", "CGPIOD", "Dispatch"]),
        "CairoDisplay": adapter(
            ["Terminal", "Screens", "Money"], ["CPangoCairo", "CKernelDisplays"]),
        "SQLiteJournal": adapter(
            [
                "Terminal", "HubProtocol", "JournalExport", "Payments", "Money", "Vouchers", "CBOR",
                "COSE",
            ],
            ["Crypto", "GRDB"]),
        "SQLiteVoucherStore": adapter(
            ["Terminal", "HubProtocol", "Vouchers"], ["Crypto", "GRDB"]),
        "SQLiteExitMarks": adapter(["Terminal", "HubProtocol"], ["GRDB"]),
        "SQLiteStandingShelf": adapter(
            ["Terminal", "HubProtocol", "Payments", "Vouchers"], ["GRDB"]),
        "SQLiteHubLedger": adapter(
            [
                "Hub", "HotLists", "HubProtocol", "Payments", "Money", "Vouchers", "CBOR", "COSE",
                "Trust",
            ],
            ["GRDB"]),
        "HTTPHubLink": adapter(
            ["Terminal", "HubProtocol", "HotLists", "Trust", "Vouchers"], httpClient),
        "HTTPHubServer": adapter(["Hub", "HubProtocol", "Vouchers", "COSE", "Trust"], httpServer),
        "HTTPControlServer": adapter(
            [
                "Terminal", "ControlProtocol", "HubProtocol", "Money", "Payments", "Screens",
                "Trust", "Vouchers", "Clocks", "HotLists",
            ], httpServer),
        "HTTPControlClient": adapter(
            ["ControlProtocol"], httpClient),
        "X509Certificates": adapter(
            ["CBOR", "COSE", "HubProtocol", "Vouchers"], ["Crypto", "SwiftASN1", "X509"]),
        "YAMLHardwareProfiles": adapter(["HardwareProfiles"], ["Yams"]),
        "YAMLPolicies": adapter(["PolicySources", "Money", "Payments"], ["Yams"]),
        "LinuxClocks": adapter(["Terminal", "Clocks"], []),
        "SysfsMachine": adapter(["HardwareProfiles"], []),
        "FileKeyStore": adapter(["COSE"], []),
        "FileStaffRoll": adapter(["Terminal"], ["CryptoExtras"]),
        "CSVStatements": adapter(["Hub", "Money", "Vouchers"], []),
        "ConsolePage": adapter([], []),
        "FileTrustKeeper": adapter(["Terminal", "Trust"], []),
        "SystemdNotifier": adapter([], ["CSystemd"]),
    ]

    private static let httpClient: Set<String> = [
        "AsyncHTTPClient", "NIOCore", "NIOHTTP1", "NIOPosix", "NIOSSL",
    ]

    private static let httpServer: Set<String> = [
        "Dispatch", "HTTPTypes", "Hummingbird", "HummingbirdCore", "HummingbirdTLS", "Logging",
        "NIOCore",
        "NIOPosix", "NIOSSL", "ServiceLifecycle",
    ]

    private static func adapter(_ ours: Set<String>, _ outside: Set<String>) -> House {
        House(.adapters, ours, outside: outside.union(toolchain))
    }

    /// Programs compose: any use case, rule or adapter, and what a command line needs.
    private static let programs: [String: House] = {
        let all = Set(rules.keys).union(useCases.keys).union(adapters.keys)
        let outside = toolchain.union([
            "ArgumentParser", "Crypto", "Dispatch", "Logging", "ServiceLifecycle", "UnixSignals",
        ])
        // What several programs share lies beside them, and imports less than they may.
        let shared: Set<String> = [
            "CommandSupport", "TerminalState", "CodePictures", "ProfileHardware",
        ]
        var table = [
            "CommandSupport": House(
                .programs, ["Clocks"], outside: toolchain.union(["ArgumentParser", "Dispatch"])),
            "ProfileHardware": House(
                .programs,
                [
                    "HardwareProfiles", "ScannerProtocol", "ScanEngines", "EngineScanner",
                    "YAMLHardwareProfiles", "SysfsMachine", "LinuxSignals", "Screens",
                ]),
            "CodePictures": House(
                .programs,
                [
                    "CommandSupport", "HubProtocol", "Terminal", "Screens", "FileCamera",
                    "ZBarDecoder", "QRencodeEncoder", "CairoDisplay",
                ], outside: toolchain),
            "TerminalState": House(
                .programs,
                [
                    "CommandSupport", "Terminal", "HubProtocol", "Vouchers", "COSE", "Trust",
                    "FileKeyStore", "FileTrustKeeper", "SQLiteJournal", "HotLists",
                    "JournalExport", "HTTPHubLink", "X509Certificates",
                ], outside: toolchain),
        ]
        for name in ["tilld", "tillctl", "tillhub", "tillwallet"] {
            table[name] = House(.programs, all.union(shared), outside: outside)
        }
        // The scanner process links as little as it can: no Foundation, no argument parser.
        table["till-scanner"] = House(
            .programs,
            [
                "Terminal", "Screens", "ScannerProtocol", "ProcessScanner", "V4L2Camera",
                "FileCamera", "ZBarDecoder",
            ], outside: ["Glibc", "CScanner"])
        // The bench also measures the bare SQLite commit that it compares with.
        table["till-bench"] = House(
            .programs, all.union(shared), outside: outside.union(["GRDB"]))
        return table
    }()

    private static let cLibraries: [String: House] = Dictionary(
        uniqueKeysWithValues: [
            "CZBar", "CQRencode", "CPNG", "CTurboJPEG", "CPangoCairo", "CKernelDisplays",
            "CSystemd", "CALSA", "CGPIOD",
            "CScanner",
            "CV4L2", "CZXing",
        ].map { ($0, House(.cLibrary)) })
}
