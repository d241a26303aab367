public import HubProtocol
import Money
import Payments
import Screens
import Vouchers

extension ExplanationMessage {
    /// What is told of an explanation; the hub has acknowledged all entries up to
    /// `acknowledgedThrough`.
    public init(_ explanation: DecisionExplanation, acknowledgedThrough: UInt64) {
        let entry = EntryMessage(explanation.entry, acknowledgedThrough: acknowledgedThrough)
        let recorded = explanation.recorded
        let terminal = recorded?.terminal
        let replay: String
        var detail: String?
        switch explanation.replay {
        case .same: replay = "same"
        case .differs(let what): (replay, detail) = ("differs", what)
        case .impossible(let what): (replay, detail) = ("impossible", what)
        }
        self.init(
            entry: entry, decision: entry.reason ?? "approved",
            message: Self.sentence(explanation, entry),
            issuerKey: explanation.voucher?.issuerKeyThumbprint.lowerHex,
            documents: terminal.map { Self.documents($0.documents) } ?? [],
            clock: terminal.map {
                Clock(
                    now: UTCTime($0.now).rfc3339, floor: UTCTime($0.clockFloor).rfc3339,
                    uncertaintySeconds: $0.clockUncertainty)
            }, facts: recorded?.facts.names, factBits: recorded?.facts.rawValue,
            step: recorded?.step.name,
            masks: explanation.policy.map {
                [
                    "denial": $0.masks.denial.names, "online": $0.masks.online.names,
                    "default": $0.masks.stranded.names,
                ]
            },
            draw: recorded.map {
                Draw(
                    seed: $0.draw.bytes.lowerHex, value: $0.draw.value,
                    threshold: $0.drawThreshold)
            }, replay: replay, replayDetail: detail,
            underOtherPolicy: explanation.underOtherPolicy.map { Self.words($0.decision) })
    }

    private static func documents(_ documents: DocumentsInForce) -> [Document] {
        let named: [(String, DocumentReference?)] = [
            ("policy", documents.policy), ("trust-list", documents.trustList),
            ("hot-list", documents.hotList),
        ]
        return named.compactMap { kind, reference in
            reference.map {
                Document(kind: kind, version: $0.version, hash: $0.hash.lowerHex)
            }
        }
    }

    /// What was decided, in the words that the counter heard where the rule can be asked again.
    private static func sentence(_ explanation: DecisionExplanation, _ entry: EntryMessage)
        -> String
    {
        guard let reason = entry.reason else {
            return "Approved: \(entry.amount?.shown ?? "")."
        }
        if let voucher = explanation.voucher, let policy = explanation.policy,
            let recorded = explanation.recorded,
            case .decline(let why) = recorded.replay(on: voucher, policy: policy).decision,
            why.code == reason
        {
            return DeclineSentences(why, currency: recorded.sale.total.currency).cashier
        }
        return "Declined: \(reason). Nothing was paid."
    }

    private static func words(_ decision: Decision) -> String {
        switch decision {
        case .capture(let capture): "approved: \(capture.amount)"
        case .decline(let reason): "declined: \(reason.code)"
        case .askOnline: "the hub would be asked"
        }
    }
}

extension [UInt8] {
    /// Lower-case hexadecimal digits.
    fileprivate var lowerHex: String {
        map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
    }
}
