import CBOR
import COSE
import FuzzSupport
import HotLists
import HubProtocol
import Vouchers

private let hub = harnessKey.publicKey

/// A list for deltas to start from.
private let base: SignedHotList = {
    guard let issuer = IssuerID("till-hub") else {
        preconditionFailure("the name is an issuer's")
    }
    var builder = HotListBuilder(
        revoked: (0..<20).map {
            VoucherIdentity(issuer: issuer, cti: [UInt8](repeating: $0, count: 10))
        }, settled: [SettledIssuer(issuer: issuer, through: 5)], after: nil,
        salt: [UInt8](repeating: 1, count: 16))
    let key = RevokedKey(thumbprint: [UInt8](repeating: 2, count: 32), from: 1)
    guard
        let list = try? builder.list(
            version: 3, issuedAt: 9, walletKeys: [key], issuerKeys: [key])
    else { preconditionFailure("twenty vouchers make a list") }
    return SignedHotList(list, by: harnessKey)
}()

/// Hot lists and deltas: the input as it is, and as a payload whose signature holds; and a Rice
/// set made of its bytes.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzHotList(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let input = inputBytes(start, count)
    read(input)
    read(signed(input, type: HotList.type))
    read(signed(input, type: HotListDelta.type))
    if input.count > 2 {
        let set = RiceSet(
            count: Int(input[0]) << 4, parameter: input[1], bytes: Array(input.dropFirst(2)))
        if let values = set.values(below: 1 << 34) {
            precondition(
                RiceSet(values, parameter: set.parameter) == set, "a set has one spelling")
        }
    }
    return 0
}

private func read(_ message: [UInt8]) {
    if let list = try? SignedHotList(message, signedBy: hub) {
        let again = try? HotList.open(list.list.signed(by: harnessKey), signedBy: hub)
        precondition(again == list.list, "a list survives being written and read")
    }
    if let delta = try? HotListDelta.open(message, signedBy: hub) {
        // The harness's key is the hub's, but no input can hold its signature of a whole list.
        _ = try? delta.applied(to: base, signedBy: hub)
    }
}

private func signed(_ payload: [UInt8], type: String) -> [UInt8] {
    let header = CBORValue.map([
        CBORPair(.unsigned(4), .bytes(hub.longKeyID)), CBORPair(.unsigned(16), .text(type)),
    ])
    return Sign1(signing: payload, protected: header, with: harnessKey).encoded()
}
