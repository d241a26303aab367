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
let grdb = Target.Dependency.product(name: "GRDB", package: "GRDB.swift")
let hummingbird = Target.Dependency.product(name: "Hummingbird", package: "hummingbird")
let httpClient = Target.Dependency.product(name: "AsyncHTTPClient", package: "async-http-client")
let lifecycle = Target.Dependency.product(
    name: "ServiceLifecycle", package: "swift-service-lifecycle")
let logging = Target.Dependency.product(name: "Logging", package: "swift-log")
let nioHTTP1 = Target.Dependency.product(name: "NIOHTTP1", package: "swift-nio")
let nioCore = Target.Dependency.product(name: "NIOCore", package: "swift-nio")
let nioPosix = Target.Dependency.product(name: "NIOPosix", package: "swift-nio")
let unixSignals = Target.Dependency.product(
    name: "UnixSignals", package: "swift-service-lifecycle")
let yams = Target.Dependency.product(name: "Yams", package: "Yams")

func library(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(name: name, dependencies: dependencies, swiftSettings: settings)
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
    library("ControlProtocol", ["Money", "HubProtocol", "Payments", "Screens", "Vouchers"]),
    library("Screens", ["Money", "Payments", "Vouchers"]),
    library("HardwareProfiles"),
]

// The use cases: they declare their ports and drive the rules.
let useCases: [Target] = [
    library(
        "Terminal",
        [
            "Money", "CBOR", "COSE", "Vouchers", "PaymentCodes", "Payments", "HubProtocol",
            "Screens", "HardwareProfiles", "Trust", crypto,
        ]),
    library(
        "Hub", ["Money", "CBOR", "COSE", "Vouchers", "Payments", "HubProtocol", "Trust", crypto]),
    library("Wallet", ["Money", "CBOR", "COSE", "Vouchers", "PaymentCodes", crypto]),
]

// The adapters: technology + port. They never import each other.
let adapters: [Target] = [
    library("FileCamera", ["Terminal", "CPNG", "CTurboJPEG"]),
    library("ZBarDecoder", ["Terminal", "CZBar"]),
    library("QRencodeEncoder", ["Screens", "CQRencode"]),
    library("CairoDisplay", ["Terminal", "Screens", "CPangoCairo"]),
    library(
        "SQLiteJournal", ["Terminal", "HubProtocol", "Payments", "Money", "Vouchers", grdb]),
    library(
        "SQLiteHubLedger",
        ["Hub", "HubProtocol", "Payments", "Money", "Vouchers", "CBOR", "COSE", "Trust", grdb]),
    library(
        "HTTPHubLink",
        [
            "Terminal", "HubProtocol", "Trust", "Vouchers", httpClient, nioCore, nioHTTP1, nioPosix,
        ]),
    library(
        "HTTPHubServer",
        [
            "Hub", "HubProtocol", "COSE", "Trust", "Vouchers", hummingbird, logging, nioCore,
            lifecycle,
        ]),
    library(
        "HTTPControlServer",
        [
            "Terminal", "ControlProtocol", "HubProtocol", "Money", "Payments", "Screens",
            "Trust", "Vouchers", hummingbird, logging, nioCore, lifecycle,
        ]),
    library("HTTPControlClient", ["ControlProtocol", httpClient, nioCore, nioHTTP1]),
    library("YAMLHardwareProfiles", ["HardwareProfiles", yams]),
    library("FileKeyStore", ["COSE"]),
    library("FileTrustKeeper", ["Terminal", "Trust"]),
    library("SystemdNotifier", ["CSystemd"]),
]

let programs: [Target] = [
    library("CommandSupport", [argumentParser]),
    library(
        "TerminalState",
        [
            "CommandSupport", "Terminal", "HubProtocol", "Vouchers", "COSE", "Trust",
            "FileKeyStore", "FileTrustKeeper", "SQLiteJournal",
        ]),
    program(
        "tilld",
        [
            "Terminal", "Payments", "PaymentCodes", "Screens", "HubProtocol", "HardwareProfiles",
            "FileCamera", "ZBarDecoder", "QRencodeEncoder", "CairoDisplay", "HTTPHubLink",
            "HTTPControlServer", "YAMLHardwareProfiles", "SystemdNotifier", "TerminalState",
            "FileTrustKeeper", "Trust",
            logging, lifecycle, unixSignals,
        ]),
    program(
        "tillctl",
        [
            "ControlProtocol", "HTTPControlClient", "Terminal", "PaymentCodes", "Vouchers",
            "COSE", "Money", "Payments", "HubProtocol", "FileCamera", "ZBarDecoder", "Screens",
            "QRencodeEncoder", "CairoDisplay", "TerminalState", "SQLiteJournal", "Trust",
        ]),
    program(
        "tillhub",
        [
            "Hub", "ControlProtocol", "HubProtocol", "PaymentCodes", "Payments", "Money", "COSE",
            "Vouchers", "Trust", "Terminal", "HTTPHubLink", "FileCamera", "ZBarDecoder",
            "SQLiteHubLedger", "HTTPHubServer", "FileKeyStore", "QRencodeEncoder",
            "CairoDisplay", "Screens", "SystemdNotifier", logging, lifecycle,
            unixSignals,
        ]),
    program(
        "tillwallet",
        [
            "Wallet", "ControlProtocol", "Money", "COSE", "Vouchers", "PaymentCodes", "FileCamera",
            "ZBarDecoder",
            "QRencodeEncoder", "CairoDisplay", "Screens", "FileKeyStore", "Terminal", "Trust",
            "FileTrustKeeper", "HubProtocol",
        ]),
    program(
        "till-bench",
        [
            "Money", "CBOR", "COSE", "Vouchers", "PaymentCodes", "Payments", "HubProtocol",
            "Terminal", "Hub",
            "SQLiteJournal", "SQLiteHubLedger", "ZBarDecoder", "FileCamera", "QRencodeEncoder",
            "Screens", "HotLists", "Trust", grdb,
        ]),
]

let cLibraries: [Target] = [
    cLibrary("CZBar", pkgConfig: "zbar", apt: "libzbar-dev"),
    cLibrary("CQRencode", pkgConfig: "libqrencode", apt: "libqrencode-dev"),
    cLibrary("CPNG", pkgConfig: "libpng", apt: "libpng-dev"),
    cLibrary("CTurboJPEG", pkgConfig: "libturbojpeg", apt: "libturbojpeg0-dev"),
    cLibrary("CPangoCairo", pkgConfig: "pangocairo", apt: "libpango1.0-dev"),
    cLibrary("CSystemd", pkgConfig: "libsystemd", apt: "libsystemd-dev"),
]

let testTargets: [Target] = [
    tests("MoneyTests", ["Money"]),
    tests("CBORTests", ["CBOR"]),
    tests("COSETests", ["COSE", "CBOR", crypto]),
    tests("VouchersTests", ["Vouchers", "COSE", "CBOR", "Money"]),
    tests("TrustTests", ["Trust", "COSE", "Money", "Vouchers"]),
    tests("PaymentCodesTests", ["PaymentCodes", "Vouchers", "COSE", "Money"]),
    .target(
        name: "VoucherMint", dependencies: ["Vouchers", "COSE", "Trust"], path: "Tests/VoucherMint",
        swiftSettings: settings),
    tests("PaymentsTests", ["Payments", "Vouchers", "COSE", "Money", "VoucherMint"]),
    tests(
        "HubProtocolTests",
        ["HubProtocol", "Payments", "COSE", "CBOR", "Money", "Trust", "Vouchers"]),
    tests("HotListsTests", ["HotLists", "HubProtocol", "Vouchers", "COSE", "CBOR"]),
    tests("ClocksTests", ["Clocks"]),
    tests(
        "ScannerTests",
        ["ZBarDecoder", "FileCamera", "QRencodeEncoder", "CairoDisplay", "Terminal", "Screens"]),
    tests(
        "ScreensTests",
        [
            "Screens", "CairoDisplay", "QRencodeEncoder", "ZBarDecoder", "FileCamera", "Payments",
            "Money", "Terminal",
        ]),
    tests("HardwareProfilesTests", ["HardwareProfiles", "YAMLHardwareProfiles"]),
    tests(
        "TerminalTests",
        [
            "Terminal", "SQLiteJournal", "Payments", "Vouchers", "COSE", "Money", "HubProtocol",
            "PaymentCodes", "Screens", "Trust", "VoucherMint", "CairoDisplay", "QRencodeEncoder",
            "ZBarDecoder",
        ]),
    tests(
        "HubTests",
        [
            "Hub", "SQLiteHubLedger", "HTTPHubServer", "HTTPHubLink", "FileKeyStore", "Terminal",
            "HubProtocol", "Payments", "Vouchers", "COSE", "Money", "CBOR", "Trust", "VoucherMint",
            grdb, hummingbird,
            logging, lifecycle,
        ]),
    tests("WalletTests", ["Wallet", "Vouchers", "PaymentCodes", "COSE", "Money"]),
    tests(
        "SQLiteJournalTests",
        [
            "SQLiteJournal", "Terminal", "HubProtocol", "Payments", "Vouchers", "COSE", "Money",
            "VoucherMint", grdb,
        ]),
    tests("HouseTests", []),
    tests("CommandTests", ["tilld", "tillctl", "tillhub", "tillwallet", "till-bench"]),
]

let package = Package(
    name: "Till",
    dependencies: [
        .package(url: "https://github.com/apple/swift-argument-parser", exact: "1.8.2"),
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2"),
        .package(url: "https://github.com/apple/swift-log", exact: "1.16.2"),
        .package(url: "https://github.com/apple/swift-nio", exact: "2.101.2"),
        .package(url: "https://github.com/groue/GRDB.swift", exact: "7.10.0"),
        .package(
            url: "https://github.com/hummingbird-project/hummingbird", exact: "2.28.1", traits: []),
        .package(url: "https://github.com/jpsim/Yams", exact: "6.2.2"),
        .package(url: "https://github.com/swift-server/async-http-client", exact: "1.37.0"),
        .package(
            url: "https://github.com/swift-server/swift-service-lifecycle", exact: "2.13.0"),
    ],
    targets: rules + useCases + adapters + programs + cLibraries + testTargets,
    swiftLanguageModes: [.v6]
)
