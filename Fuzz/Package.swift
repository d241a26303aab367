// swift-tools-version: 6.2
import PackageDescription

// The parsers under libFuzzer, in a package of their own: everything in it is built with
// `--sanitize=fuzzer`, and of Till only the rules, so that a run starts within minutes.
// `Rules` is a link to ../Sources: a package's targets must lie inside it.

let settings: [SwiftSetting] = [
    .enableUpcomingFeature("ExistentialAny"),
    .enableUpcomingFeature("InternalImportsByDefault"),
    .enableUpcomingFeature("MemberImportVisibility"),
    .enableUpcomingFeature("NonisolatedNonsendingByDefault"),
    .treatAllWarnings(as: .error),
]

let crypto = Target.Dependency.product(name: "Crypto", package: "swift-crypto")

func rule(_ name: String, _ dependencies: [Target.Dependency] = []) -> Target {
    .target(
        name: name, dependencies: dependencies, path: "Rules/\(name)", swiftSettings: settings)
}

/// A harness has no main of its own: libFuzzer brings it.
func harness(_ name: String, _ dependencies: [Target.Dependency]) -> Target {
    .executableTarget(
        name: name, dependencies: dependencies + ["FuzzSupport"], path: "Harnesses/\(name)",
        swiftSettings: settings + [.unsafeFlags(["-parse-as-library"])])
}

let package = Package(
    name: "TillFuzz",
    dependencies: [
        .package(url: "https://github.com/apple/swift-crypto", exact: "4.5.2")
    ],
    targets: [
        rule("Money"),
        rule("CBOR"),
        rule("COSE", ["CBOR", crypto]),
        rule("Vouchers", ["Money", "CBOR", "COSE", crypto]),
        rule("PaymentCodes", ["Money", "COSE", "Vouchers", crypto]),
        rule("Payments", ["Money", "COSE", "Vouchers"]),
        rule("Trust", ["Money", "CBOR", "COSE", "Vouchers"]),
        rule("HubProtocol", ["Money", "CBOR", "COSE", "Vouchers", "Payments", "Trust", crypto]),
        rule("JournalExport", ["CBOR", "COSE", "Vouchers", "Payments", "HubProtocol", crypto]),
        rule("HotLists", ["CBOR", "COSE", "Vouchers", "HubProtocol"]),
        rule("Clocks"),
        rule("ScannerProtocol"),
        rule("ScanEngines"),
        .target(
            name: "FuzzSupport", dependencies: ["COSE"], path: "Harnesses/FuzzSupport",
            swiftSettings: settings),
        harness("FuzzBase45", ["Vouchers"]),
        harness("FuzzCBOR", ["CBOR"]),
        harness("FuzzCOSE", ["COSE", "CBOR"]),
        harness("FuzzVoucher", ["Vouchers", "COSE", "CBOR"]),
        harness("FuzzEMV", ["PaymentCodes", "COSE"]),
        harness("FuzzJournalExport", ["JournalExport", "HubProtocol", "COSE"]),
        harness("FuzzHubMessages", ["HubProtocol", "Trust", "Vouchers", "COSE", "CBOR"]),
        harness("FuzzHotList", ["HotLists", "HubProtocol", "Vouchers", "COSE", "CBOR"]),
        harness("FuzzClock", ["Clocks", "HubProtocol", "Vouchers", "COSE"]),
        harness("FuzzScanner", ["ScannerProtocol"]),
        harness("FuzzEngines", ["ScanEngines"]),
        harness("FuzzTrust", ["Trust", "Vouchers", "COSE", "CBOR"]),
        harness("FuzzCanary", []),
    ],
    swiftLanguageModes: [.v6]
)
