import COSE
import Foundation
import Hub
import HubProtocol
import Money
import Payments
import SQLiteHubLedger
import Synchronization
import Trust
import VoucherMint
import Vouchers

/// A town's hub: the real use cases on the real ledger, on a disk that may fail.
final class TownHub: Sendable {
    static let key = VoucherMint.key(99)
    static let profile = HubProfile(
        merchant: MerchantID("till:m42")!, issuer: VoucherMint.issuer, name: "Hub")

    /// One life of the hub's process.
    private struct State {
        var ledger: SQLiteHubLedger?
        var registrar: HubRegistrar?
        var life = 0
    }

    let disk = TownDisk()
    let time: TownTime
    private let root: String
    private let state = Mutex(State())

    init(root: String, time: TownTime) throws {
        self.root = root + "/hub"
        self.time = time
        try FileManager.default.createDirectory(
            atPath: folder(0), withIntermediateDirectories: true)
        try open(0)
    }

    private func folder(_ life: Int) -> String { root + "-\(life)" }

    private func open(_ life: Int) throws {
        let ledger = try SQLiteHubLedger(
            path: disk.address(of: folder(life) + "/ledger.sqlite"), creating: true)
        // A hub that has just been made has synced its folder.
        disk.syncNames()
        let registrar = HubRegistrar(ledger: ledger, key: Self.key)
        state.withLock { $0 = State(ledger: ledger, registrar: registrar, life: life) }
    }

    /// The ledger of this life.
    var ledger: SQLiteHubLedger {
        guard let ledger = state.withLock({ $0.ledger }) else {
            preconditionFailure("A hub is open between its lives.")
        }
        return ledger
    }

    var registrar: HubRegistrar {
        guard let registrar = state.withLock({ $0.registrar }) else {
            preconditionFailure("A hub is open between its lives.")
        }
        return registrar
    }

    var acceptor: BatchAcceptor {
        BatchAcceptor(ledger: ledger, key: Self.key, trust: registrar.trust)
    }

    var authoriser: OnlineAuthoriser {
        OnlineAuthoriser(ledger: ledger, key: Self.key, trust: registrar.trust)
    }

    /// The process ends, or the power with a seed, and the hub starts again; or somebody has put an
    /// older copy in its place, that of an earlier life's end.
    func restart(cutWith seed: UInt64?, asOf older: Int? = nil) throws {
        let life = state.withLock { $0.life }
        try disk.restart(folder(older ?? life), to: folder(life + 1), cutWith: seed)
        state.withLock { $0 = State() }
        try open(life + 1)
    }

    /// The number of this life.
    var life: Int { state.withLock { $0.life } }
}
