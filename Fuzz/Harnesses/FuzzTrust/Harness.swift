import CBOR
import COSE
import FuzzSupport
import Trust
import Vouchers

private let merchant: MerchantID = {
    guard let id = MerchantID("till:m42") else { preconditionFailure("the id is a merchant's") }
    return id
}()

private func sign(_ draft: Sign) -> [UInt8] {
    guard let signed = draft.adding(signatureBy: harnessKey) else {
        preconditionFailure("a draft has room for a signature")
    }
    return signed.encoded()
}

/// What a terminal holds whose root and hub key is the harness's own.
private let held: TrustStore = {
    let root = Root(
        merchant: merchant, generation: 1, version: 1, issuedAt: 1, expiresAt: 1 << 40,
        threshold: 1, keys: [harnessKey.publicKey])
    let list = TrustList(
        merchant: merchant, generation: 1, version: 1, issuedAt: 1, expiresAt: 1 << 40,
        entries: [
            TrustEntry(
                subject: .hub(merchant), key: harnessKey.publicKey, from: 0, until: 1 << 40)
        ])
    let offer = TrustOffer(roots: [sign(root.draft())], list: sign(list.draft()))
    guard let store = try? TrustStore.introduce(offer, at: 1_000) else {
        preconditionFailure("what the harness signs is taken")
    }
    return store
}()

/// Trust documents: the input as it is, and as the payload of each kind with a signature that
/// holds, so that what lies behind the signature is reached too.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzzTrust(_ start: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
    let input = inputBytes(start, count)
    offer(TrustOffer(roots: [input]))
    offer(TrustOffer(list: input))
    offer(TrustOffer(freshness: input))
    offer(TrustOffer(roots: [signed(input, type: Root.type)]))
    offer(TrustOffer(list: signed(input, type: TrustList.type)))
    offer(TrustOffer(freshness: signed(input, type: Freshness.type)))
    if let whole = try? TrustOffer(decoding: input) {
        precondition(whole.encoded() == input, "an offer has one spelling")
        offer(whole)
        if let store = try? TrustStore.introduce(whole, at: 1_000) { readAgain(store) }
    }
    if let floors = try? TrustFloors(decoding: input) {
        let again = try? TrustFloors(decoding: floors.encoded())
        precondition(again == floors, "floors survive being written and read")
    }
    _ = try? TrustStore(decoding: input, floors: .none)
    return 0
}

private func offer(_ offer: TrustOffer) {
    let update = held.update(with: offer, at: 1_000)
    precondition(
        update.store.list.list.version >= held.list.list.version
            || update.store.list.list.generation > held.list.list.generation,
        "a list never goes back")
    precondition(
        update.store.root.root.version >= held.root.root.version, "a root never goes back")
    if update.changed { readAgain(update.store) }
}

private func readAgain(_ store: TrustStore) {
    let again = try? TrustStore(decoding: store.encoded(), floors: store.floors)
    precondition(again == store, "what is held survives being written and read")
}

private func signed(_ payload: [UInt8], type: String) -> [UInt8] {
    let body = CBORValue.map([CBORPair(.unsigned(16), .text(type))])
    return sign(Sign(draft: payload, protected: body))
}
