import Clocks
public import HotLists
import HubProtocol
import Payments
import Vouchers

extension PaymentTerminal {
    /// Lists of up to so many bytes (64 KiB, some 30,000 vouchers) are kept in the journal whole.
    static let maximumJournalledHotList = 64 << 10

    /// Asks the hub for a newer hot list and puts it in force: a delta where there is one, else
    /// the whole list.
    func downloadHotList(over link: any HubLink) async throws(SyncReport.Failure) {
        guard hotList != nil else { return }
        if try await askForHotList(over: link, whole: false) { return }
        // A delta that does not fit is no fault of anybody's: the whole list always does.
        _ = try await askForHotList(over: link, whole: true)
    }

    /// Whether what the hub answered is in force now; false where a delta did not fit.
    private func askForHotList(over link: any HubLink, whole: Bool)
        async throws(SyncReport.Failure) -> Bool
    {
        let held = whole ? nil : hotList?.held
        let bytes: [UInt8]?
        do {
            bytes = try await link.hotList(
                newerThan: held?.list.version ?? 0, digest: held?.digest)
        } catch { throw SyncReport.Failure(error) }
        guard let bytes else { return true }
        switch await takeHotList(bytes) {
        case .taken, .held: return true
        case .refused(.otherBase) where !whole, .refused(.wrongResult) where !whole: return false
        case .refused(let error): throw SyncReport.Failure(hotList: error)
        case .notKept(let detail):
            throw SyncReport.Failure(
                reason: "hot-list-not-kept",
                message: "The newer hot list could not be written (\(detail)). The old one stays "
                    + "in force.")
        }
    }

    /// Puts a hot list, or a delta to it, in force, where it may be: from the hub or from a file.
    public func takeHotList(_ bytes: [UInt8]) async -> HotListShelf.Offer {
        guard var shelf = hotList else {
            return .notKept("this terminal keeps no hot list")
        }
        let offer = shelf.take(
            bytes, signedBy: configuration.hub, latest: parts.clock.estimate().latest)
        hotList = shelf
        if case .taken(let list) = offer {
            parts.clock.passed(list.list.issuedAt)
            await journal(list)
        }
        return offer
    }

    /// Notes in the journal that a list is in force now. A long one is not kept there whole: at a
    /// million vouchers a day's would be 2 MB, and decisions say themselves what the list said.
    private func journal(_ list: SignedHotList) async {
        guard list.bytes.count <= Self.maximumJournalledHotList else { return }
        let document = SignedDocument(
            kind: .hotList, version: list.list.version, bytes: list.bytes)
        _ = try? await parts.journal.adopt(document, at: parts.clock.now())
    }

    /// The list in force, and its age in seconds.
    public var hotListInForce: (list: SignedHotList, age: UInt64)? {
        guard let held = hotList?.held else { return nil }
        let now = parts.clock.now()
        return (held, now - min(now, held.list.issuedAt))
    }

    /// What the hot list says of a voucher, in the decision's words.
    func hotListAnswer(on voucher: Voucher, at now: UInt64) -> HotListAnswer {
        guard let held = hotList?.held else { return .notHeld }
        return switch held.list.finding(on: voucher, at: now) {
        case .clear: .clear
        case .mayBeListed: .mayBeListed
        case .listed(.issuerKey, _): .issuerRevoked
        case .listed: .listed
        }
    }
}

extension SyncReport.Failure {
    /// A hot list that was not taken, in words.
    init(hotList error: HotListError) {
        self.init(
            reason: error.reason, message: "\(error.description) The old hot list stays in force.")
    }
}
