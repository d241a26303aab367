import CBOR
import COSE

/// What the layers below refuse, in the words of vouchers; `place` names the part of the code.
extension VoucherRefusal {
    init(_ error: CBORError, in place: String) {
        self.init(Reason(error.kind), "In \(place): \(error).")
    }

    init(_ error: Sign1Error, in place: String) {
        switch error {
        case .cbor(let error, isProtectedHeader: false):
            self.init(error, in: place)
        case .cbor(let error, isProtectedHeader: true):
            self.init(error, in: "the protected header of \(place)")
        case .notSign1:
            self.init(.notCOSESign1, "In \(place): \(error).")
        case .shape:
            self.init(.coseShape, "In \(place): \(error).")
        case .signatureLength:
            self.init(.signatureLength, "In \(place): \(error).")
        case .protectedHeaderNotMap:
            self.init(.headerLabels, "In \(place): \(error).")
        }
    }

    init(_ error: KeyError, in place: String) {
        let reason: Reason =
            switch error {
            case .cbor(let error): Reason(error.kind)
            case .shape, .seed: .keyShape
            case .privatePart: .keyPrivate
            case .unsafePoint: .keyUnsafe
            case .notOnCurve: .keyNotOnCurve
            }
        self.init(reason, "In \(place), claim 8 (cnf): \(error).")
    }
}

extension VoucherRefusal.Reason {
    init(_ kind: CBORError.Kind) {
        self =
            switch kind {
            case .truncated: .cborTruncated
            case .length: .cborLength
            case .trailing: .cborTrailing
            case .notShortest: .cborNotShortest
            case .indefinite: .cborIndefinite
            case .reserved: .cborReserved
            case .simpleOrFloat: .cborSimpleOrFloat
            case .utf8: .cborUTF8
            case .keyType: .cborKeyType
            case .keyOrder: .cborKeyOrder
            case .duplicateKey: .cborDuplicateKey
            case .depth: .cborDepth
            }
    }
}
