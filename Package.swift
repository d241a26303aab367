// swift-tools-version: 6.2
import PackageDescription

/// Every target of ours is compiled alike: Swift 6 mode, warnings are errors.
let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

let argumentParser = Target.Dependency.product(
    name: "ArgumentParser", package: "swift-argument-parser")
let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")
let cryptoExtras = Target.Dependency.product(name: "CryptoExtras", package: "swift-crypto")
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let httpClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let lifecycle = Target.Dependency.product(
    name: "ServiceLifecycle", package: "swift-service-lifecycle")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let nioSSL = Target.Dependency.product(name: "NIOSSL", package: "swift-nio-ssl")
let hummingbirdTLS = Target.Dependency.product(name: "HummingbirdTLS", package: "hummingbird")
let x509 = Target.Dependency.product(name: "X509", package: "swift-certificates")
let asn1 = Target.Dependency.product(name: "SwiftASN1", package: "swift-asn1")
let unixSignals = Target.Dependency.product(
    name: "UnixSignals", package: "swift-service-lifecycle")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
}

/// A module with loops over a frame's pixels: unoptimised they take ten times a frame's time, so that
/// a debug build could not keep a camera's deadlines.
func pixelLibrary(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(
        name: name, dependencies: dependencies,
        swiftSettings: settings + [.unsafeFlags(["-O"], .when(configuration: .debug))])
}

func program(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies + ["CommandSupport", argumentParser],
        swiftSettings: settings)
}

func tests(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .testTarget(name: name, dependencies: dependencies, swiftSettings: settings)
}

func cLibrary(_ name: String, pkgConfig: String, apt: String) -> Target {
    .systemLibrary(name: name, pkgConfig: pkgConfig, providers: [.apt([apt])])
}

// The rules: values and functions, no I/O. From outside they may import Crypto alone.
let rules: [Target] = [
    library("Money"),
    library("CBOR"),
    library("COSE", ["CBOR", crypto]),
    library("Vouchers", ["Money", "CBOR", "COSE", crypto]),
    library("PaymentCodes", ["Money", "COSE", "Vouchers", crypto]),
    library("Payments", ["Money", "COSE", "Vouchers"]),
    library("Trust", ["Money", "CBOR", "COSE", "Vouchers"]),
    library("HubProtocol", ["Money", "CBOR", "COSE", "Vouchers", "Payments", "Trust", crypto]),
    library("HotLists", ["CBOR", "COSE", "Vouchers", "HubProtocol"]),
    library("Clocks"),
    library("PolicySources", ["Money", "Payments", "HubProtocol"]),
    library("JournalExport", ["CBOR", "COSE", "Vouchers", "Payments", "HubProtocol", crypto]),
    library(
        "ControlProtocol", ["Money", "HubProtocol", "Payments", "Screens", "Vouchers", "Clocks"]),
    library("Screens", ["Money", "Payments", "Vouchers", "Clocks"]),
    library("HardwareProfiles"),
    library("ScannerProtocol"),
    library("ScanEngines"),
]

// The use cases: they declare their ports and drive the rules.
let useCases: [Target] = [
    library(
        "Terminal",
        [
            "Money", "CBOR", "COSE", "Vouchers", "PaymentCodes", "Payments", "HubProtocol",
            "Screens", "HardwareProfiles", "HotLists", "Clocks", "Trust", "JournalExport", crypto,
        ]),
    library(
        "Hub",
        [
            "HotLists", "PaymentCodes", "Money", "CBOR", "COSE", "Vouchers", "Payments",
            "HubProtocol", "Trust",
            crypto,
        ]),
    library("Wallet", ["Money", "CBOR", "COSE", "Vouchers", "PaymentCodes", crypto]),
]

// The adapters: technology + port. They never import each other.
let adapters: [Target] = [
    library("FileCamera", ["Terminal", "CPNG", "CTurboJPEG"]),
    pixelLibrary("V4L2Camera", ["ScannerProtocol", "CV4L2", "CTurboJPEG"]),
    library("ProcessScanner", ["Terminal", "Screens", "ScannerProtocol", "CScanner"]),
    pixelLibrary("ZBarDecoder", ["Terminal", "Screens", "CZBar", "CZXing"]),
    library("EngineScanner", ["Terminal", "ScanEngines"]),
    library("QRencodeEncoder", ["Screens", "CQRencode"]),
    library("ESCPOSPrinter", ["Terminal", "Screens"]),
    library("LinuxSignals", ["Terminal", "Screens", "CALSA", "CGPIOD"]),
    library("CairoDisplay", ["Terminal", "Screens", "CPangoCairo", "CKernelDisplays"]),
    library(
        "SQLiteJournal",
        [
            "Terminal", "HubProtocol", "JournalExport", "Payments", "Money", "COSE", "Vouchers",
            crypto, grdb,
        ]),
    library(
        "SQLiteVoucherStore", ["Terminal", "HubProtocol", "Vouchers", crypto, grdb]),
    library(
        "SQLiteStandingShelf", ["Terminal", "HubProtocol", "Payments", "Vouchers", grdb]),
    library(
        "SQLiteHubLedger",
        [
            "Hub", "HotLists", "HubProtocol", "Payments", "Money", "Vouchers", "CBOR", "COSE",
            "Trust", grdb,
        ]),
    library(
        "HTTPHubLink",
        [
            "Terminal", "HubProtocol", "HotLists", "Trust", "Vouchers", httpClient, nioCore,
            nioHTTP1, nioPosix, nioSSL,
        ]),
    .target(
        name: "HTTPHubServer",
        dependencies: [
            "Hub", "HubProtocol", "COSE", "Trust", "Vouchers", hummingbird, hummingbirdTLS,
            logging, nioCore, nioSSL, lifecycle,
        ],
        // The description of the routes, served by the hub itself.
        resources: [.embedInCode("openapi.json")], swiftSettings: settings),
    library(
        "HTTPControlServer",
        [
            "Terminal", "ControlProtocol", "HubProtocol", "Money", "Payments", "Screens",
            "Trust", "Vouchers", "Clocks", "HotLists", hummingbird, hummingbirdTLS, logging,
            nioCore, nioSSL, lifecycle,
        ]),
    library("HTTPControlClient", ["ControlProtocol", httpClient, nioCore, nioHTTP1]),
    library("X509Certificates", ["CBOR", "COSE", "HubProtocol", "Vouchers", crypto, x509, asn1]),
    library("YAMLHardwareProfiles", ["HardwareProfiles", yams]),
    library("YAMLPolicies", ["PolicySources", "Money", "Payments", yams]),
    library("LinuxClocks", ["Terminal", "Clocks"]),
    library("SysfsMachine", ["HardwareProfiles"]),
    library("FileKeyStore", ["COSE"]),
    library("SQLiteExitMarks", ["Terminal", "HubProtocol", grdb]),
    library("FileStaffRoll", ["Terminal", cryptoExtras]),
    library("CSVStatements", ["Hub", "Money", "Vouchers"]),
    .target(
        name: "ConsolePage", resources: [.embedInCode("Page")], swiftSettings: settings),
    library("FileTrustKeeper", ["Terminal", "Trust"]),
    library("SystemdNotifier", ["CSystemd"]),
]

let programs: [Target] = [
    library("CommandSupport", ["Clocks", argumentParser]),
    library(
        "ProfileHardware",
        [
            "HardwareProfiles", "ScannerProtocol", "ScanEngines", "EngineScanner",
            "YAMLHardwareProfiles", "SysfsMachine", "LinuxSignals", "Screens",
        ]),
    library(
        "CodePictures",
        [
            "CommandSupport", "HubProtocol", "Terminal", "Screens", "FileCamera", "ZBarDecoder",
            "QRencodeEncoder", "CairoDisplay",
        ]),
    library(
        "TerminalState",
        [
            "CommandSupport", "Terminal", "HubProtocol", "Vouchers", "COSE", "Trust",
            "FileKeyStore", "FileTrustKeeper", "SQLiteJournal", "HotLists", "JournalExport",
            "HTTPHubLink", "X509Certificates",
        ]),
    program(
        "tilld",
        [
            "Terminal", "Payments", "PaymentCodes", "Screens", "HubProtocol", "HardwareProfiles",
            "FileCamera", "ZBarDecoder", "ProcessScanner", "ProfileHardware", "QRencodeEncoder",
            "CairoDisplay", "HTTPHubLink", "LinuxClocks", "LinuxSignals", "HTTPControlServer",
            "SystemdNotifier", "TerminalState",
            "SQLiteJournal", "SQLiteVoucherStore", "FileTrustKeeper", "Trust", "FileStaffRoll",
            "ConsolePage", "SQLiteStandingShelf", "X509Certificates",
            logging, lifecycle, unixSignals,
        ]),
    program(
        "tillctl",
        [
            "ControlProtocol", "HTTPControlClient", "Terminal", "PaymentCodes", "Vouchers",
            "COSE", "Money", "Payments", "HubProtocol", "FileCamera", "ProcessScanner",
            "ProfileHardware", "ScannerProtocol", "V4L2Camera", "ZBarDecoder", "Screens",
            "QRencodeEncoder",
            "CairoDisplay", "TerminalState", "SQLiteJournal", "HotLists", "Clocks",
            "LinuxClocks", "FileKeyStore", "SQLiteVoucherStore", "Trust", "JournalExport",
            "CodePictures", "ESCPOSPrinter", "FileStaffRoll", "HardwareProfiles",
            "YAMLHardwareProfiles",
            "SysfsMachine", "HTTPHubLink", "SQLiteExitMarks", "LinuxSignals", "X509Certificates",
        ]),
    program(
        "tillhub",
        [
            "Hub", "HotLists", "PolicySources", "YAMLPolicies", "ControlProtocol", "HubProtocol",
            "CSVStatements", "PaymentCodes", "Payments", "Money", "COSE",
            "Vouchers", "Trust", "Terminal", "HTTPHubLink", "FileCamera", "ZBarDecoder",
            "SQLiteHubLedger", "HTTPHubServer", "FileKeyStore", "QRencodeEncoder",
            "CairoDisplay", "Screens", "SystemdNotifier", "CodePictures", "TerminalState",
            "X509Certificates", logging,
            lifecycle,
            unixSignals,
        ]),
    program(
        "tillwallet",
        [
            "Wallet", "ControlProtocol", "Money", "COSE", "Vouchers", "PaymentCodes", "FileCamera",
            "ZBarDecoder",
            "QRencodeEncoder", "CairoDisplay", "Screens", "FileKeyStore", "Terminal", "Trust",
            "FileTrustKeeper", "HubProtocol", "HTTPHubLink", "CodePictures", "X509Certificates",
        ]),
    program(
        "till-bench",
        [
            "Money", "CBOR", "COSE", "Vouchers", "PaymentCodes", "Payments", "HubProtocol",
            "Terminal", "Hub", "JournalExport", "SQLiteJournal", "SQLiteVoucherStore",
            "SQLiteHubLedger", "ZBarDecoder", "FileCamera", "QRencodeEncoder", "Screens",
            "HotLists", "Trust", "ProcessScanner", "ScannerProtocol", "CairoDisplay", crypto, grdb,
        ]),
]

/// The decoder's own process, which links as little as it can.
let scanner = Target.executableTarget(
    name: "till-scanner",
    dependencies: [
        "Terminal", "Screens", "ScannerProtocol", "ProcessScanner", "V4L2Camera", "FileCamera",
        "ZBarDecoder", "CScanner",
    ],
    swiftSettings: settings)

/// Small C of our own, for what Swift cannot call: ioctls, descriptors over sockets, the sandbox.
let cShims: [Target] = [
    .target(name: "CScanner", linkerSettings: [.linkedLibrary("seccomp")]),
    .target(name: "CV4L2"),
    .target(
        name: "CZXing", linkerSettings: [.linkedLibrary("ZXing"), .linkedLibrary("stdc++")]),
]

let cLibraries: [Target] = [
    cLibrary("CZBar", pkgConfig: "zbar", apt: "libzbar-dev"),
    cLibrary("CQRencode", pkgConfig: "libqrencode", apt: "libqrencode-dev"),
    cLibrary("CPNG", pkgConfig: "libpng", apt: "libpng-dev"),
    cLibrary("CTurboJPEG", pkgConfig: "libturbojpeg", apt: "libturbojpeg0-dev"),
    cLibrary("CPangoCairo", pkgConfig: "pangocairo", apt: "libpango1.0-dev"),
    cLibrary("CKernelDisplays", pkgConfig: "libdrm", apt: "libdrm-dev"),
    cLibrary("CALSA", pkgConfig: "alsa", apt: "libasound2-dev"),
    cLibrary("CGPIOD", pkgConfig: "libgpiod", apt: "libgpiod-dev"),
    cLibrary("CSystemd", pkgConfig: "libsystemd", apt: "libsystemd-dev"),
]

let testTargets: [Target] = [
    tests("MoneyTests", ["Money"]),
    tests("CBORTests", ["CBOR"]),
    tests("COSETests", ["COSE", "CBOR", crypto]),
    tests("VouchersTests", ["Vouchers", "COSE", "CBOR", "Money"]),
    tests("TrustTests", ["Trust", "CBOR", "COSE", "Money", "Vouchers"]),
    tests("PaymentCodesTests", ["PaymentCodes", "Vouchers", "COSE", "Money"]),
    .target(
        name: "VoucherMint", dependencies: ["Vouchers", "COSE", "Trust"], path: "Tests/VoucherMint",
        swiftSettings: settings),
    tests("PaymentsTests", ["Payments", "Vouchers", "COSE", "Money", "VoucherMint"]),
    tests(
        "HubProtocolTests",
        [
            "HubProtocol", "Payments", "COSE", "CBOR", "Money", "Trust", "Vouchers", "VoucherMint",
        ]),
    tests("HotListsTests", ["HotLists", "HubProtocol", "Vouchers", "COSE", "CBOR"]),
    tests("ClocksTests", ["Clocks"]),
    .executableTarget(
        name: "sandbox-trial", dependencies: ["CScanner"], path: "Tests/SandboxTrial"),
    tests(
        "PolicySourcesTests",
        ["PolicySources", "YAMLPolicies", "Payments", "Money", "HubProtocol"]),
    tests(
        "ScannerTests",
        [
            "ZBarDecoder", "FileCamera", "QRencodeEncoder", "CairoDisplay", "Terminal", "Screens",
            "ScannerProtocol", "ProcessScanner", "sandbox-trial", "till-scanner",
        ]),
    .target(name: "PseudoTerminal", path: "Tests/PseudoTerminal", swiftSettings: settings),
    tests("ScanEnginesTests", ["ScanEngines", "EngineScanner", "Terminal", "PseudoTerminal"]),
    tests(
        "ScreensTests",
        [
            "Screens", "CairoDisplay", "QRencodeEncoder", "ZBarDecoder", "FileCamera", "Payments",
            "Money", "Terminal", "Vouchers", "VoucherMint",
        ]),
    tests(
        "ESCPOSPrinterTests",
        ["ESCPOSPrinter", "Terminal", "Screens", "QRencodeEncoder", "ZBarDecoder"]),
    tests("LinuxSignalsTests", ["LinuxSignals", "Terminal", "Screens"]),
    tests("HardwareProfilesTests", ["HardwareProfiles", "YAMLHardwareProfiles", "SysfsMachine"]),
    tests(
        "TerminalTests",
        [
            "Terminal", "SQLiteJournal", "Payments", "Vouchers", "COSE", "Money", "HubProtocol",
            "JournalExport", "PaymentCodes", "Screens", "Trust", "VoucherMint", "CairoDisplay",
            "QRencodeEncoder", "ZBarDecoder", "HotLists", "Clocks", "HTTPControlServer",
            "ConsolePage", hummingbird,
        ]),
    tests(
        "HubTests",
        [
            "Hub", "HotLists", "SQLiteHubLedger", "HTTPHubServer", "HTTPHubLink", "FileKeyStore",
            "CSVStatements", "Terminal", "X509Certificates",
            "HubProtocol", "PaymentCodes", "Payments", "Vouchers", "COSE", "Money", "CBOR", "Trust",
            "VoucherMint",
            grdb, hummingbird,
            logging, lifecycle,
        ]),
    .target(
        name: "SimulationBooks", dependencies: ["Money"], path: "Tests/SimulationBooks",
        swiftSettings: settings),
    tests(
        "SimulationTests",
        [
            "SimulationBooks", "Terminal", "SQLiteJournal", "SQLiteStandingShelf", "Hub",
            "SQLiteHubLedger", "HubProtocol", "Payments", "PaymentCodes", "Screens", "Trust",
            "Vouchers", "Wallet", "COSE", "CBOR", "Clocks", "Money", "VoucherMint", "CFaultVFS",
            grdb,
        ]),
    tests("WalletTests", ["Wallet", "Vouchers", "PaymentCodes", "COSE", "Money"]),
    tests(
        "SQLiteJournalTests",
        [
            "SQLiteJournal", "Terminal", "HubProtocol", "Payments", "Vouchers", "COSE", "Money",
            "VoucherMint", "JournalExport", grdb,
        ]),
    tests(
        "SQLiteVoucherStoreTests",
        [
            "SQLiteVoucherStore", "Terminal", "HubProtocol", "PaymentCodes", "Payments",
            "Vouchers", "COSE", "VoucherMint",
        ]),
    tests(
        "SQLiteStandingShelfTests",
        ["SQLiteStandingShelf", "Terminal", "HubProtocol", "Payments", "Vouchers"]),
    tests(
        "SQLiteExitMarksTests",
        [
            "SQLiteExitMarks", "Terminal", "HubProtocol", "Vouchers", "COSE", "Money", "Trust",
            "VoucherMint",
        ]),
    .target(
        name: "CFaultVFS", path: "Tests/CFaultVFS",
        linkerSettings: [.linkedLibrary("sqlite3")]),
    tests(
        "FaultTests",
        [
            "CFaultVFS", "SQLiteJournal", "SQLiteVoucherStore", "Terminal", "HubProtocol",
            "PaymentCodes", "Payments", "Screens", "Trust", "Vouchers", "COSE", "Money",
            "VoucherMint", grdb,
        ]),
    tests("JournalExportTests", ["JournalExport", "HubProtocol", "Vouchers", "COSE", "CBOR"]),
    tests(
        "ConsoleTests",
        [
            "HTTPControlServer", "FileStaffRoll", "ConsolePage", "Terminal", "Money", "HubProtocol",
            "X509Certificates",
        ]),
    tests("HouseTests", []),
    tests(
        "CommandTests",
        [
            "tilld", "tillctl", "tillhub", "tillwallet", "till-bench", "till-scanner",
            "PseudoTerminal",
        ]),
]

let package = Package(
    name: "Till",
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-asn1", exact: "1.7.4"),
        .package(url: "https://github.com/apple/swift-certificates", exact: "1.21.1"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/apple/swift-nio-ssl", exact: "2.37.6"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(
            url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: []),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
        .package(
            url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    ],
    targets: rules + useCases + adapters + programs + [scanner] + cShims + cLibraries
        + testTargets,
    swiftLanguageModes: [.v6],
    cxxLanguageStandard: .cxx17
)
