public import COSE

/// The bytes that libFuzzer hands to a harness.
public func inputBytes(_ start: UnsafePointer<UInt8>?, _ count: Int) -> [UInt8] {
    Array(UnsafeBufferPointer(start: start, count: count))
}

/// A key that harnesses sign with, so that an input gets past the signature.
public let harnessKey: PrivateKey = {
    let seed = [UInt8](repeating: 0x5A, count: 32)
    guard let key = try? PrivateKey(algorithm: .ed25519, seed: seed) else {
        preconditionFailure("32 bytes are an Ed25519 seed")
    }
    return key
}()
