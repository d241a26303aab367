import COSE
import CommandSupport
import Foundation
import Vouchers
import Wallet

/// The purse as a JSON file. Whoever reads the file has the bearer vouchers in it: it is money.
enum PurseFile {
    /// The version of the file's form that this program reads and writes.
    static let version = 1

    /// Why a file is no purse.
    enum Fault: Error, CustomStringConvertible {
        case version(Int)
        case hex(String)
        case key(KeyError)
        case terminal(String)
        case voucher(Int, VoucherRefusal)

        var description: String {
            switch self {
            case .version(let found):
                "it has version \(found), this program reads \(PurseFile.version)"
            case .hex(let place): "\(place) is not hexadecimal"
            case .key(let error): "a terminal's key is refused, \(error)"
            case .terminal(let reason): "a terminal is refused, \(reason)"
            case .voucher(let place, let refusal):
                "voucher \(place) is refused, \(refusal.reason.rawValue)"
            }
        }
    }

    private struct Document: Codable {
        let version: Int
        let terminals: [Terminal]
        let vouchers: [Voucher]
        let answered: [Answer]
    }
    private struct Terminal: Codable {
        let key: String
        let name: String?
    }
    private struct Voucher: Codable {
        let object: String
        let spent: UInt64
        let shown: [Shown]
    }
    private struct Shown: Codable {
        let at: UInt64
        let amount: UInt64?
        let nonce: String?
        let terminal: String?
    }
    private struct Answer: Codable {
        let terminal: String
        let nonce: String
        let amount: UInt64
        let expiry: UInt64
    }

    static func data(of purse: Purse) throws -> Data {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .prettyPrinted]
        return try encoder.encode(
            Document(
                version: version,
                terminals: purse.terminals.map {
                    Terminal(key: $0.key.coseKey.hex, name: $0.name)
                },
                vouchers: purse.holdings.map { holding in
                    Voucher(
                        object: holding.object.hex, spent: holding.spent,
                        shown: holding.shown.map {
                            Shown(
                                at: $0.at, amount: $0.amount, nonce: $0.nonce?.hex,
                                terminal: $0.terminal)
                        })
                },
                answered: purse.answered.map {
                    Answer(
                        terminal: $0.terminal, nonce: $0.nonce.hex, amount: $0.amount,
                        expiry: $0.expiry)
                }))
    }

    static func purse(from data: Data) throws -> Purse {
        let document = try JSONDecoder().decode(Document.self, from: data)
        guard document.version == version else { throw Fault.version(document.version) }
        return Purse(
            holdings: try document.vouchers.enumerated().map { index, voucher in
                let shown = try voucher.shown.map {
                    ShownCode(
                        at: $0.at, amount: $0.amount, nonce: try $0.nonce.map(bytes),
                        terminal: $0.terminal)
                }
                let object = try bytes(voucher.object)
                do throws(VoucherRefusal) {
                    return try Holding(object: object, spent: voucher.spent, shown: shown)
                } catch {
                    throw Fault.voucher(index + 1, error)
                }
            },
            terminals: try document.terminals.map(terminal),
            answered: try document.answered.map {
                AnsweredRequest(
                    terminal: $0.terminal, nonce: try bytes($0.nonce), amount: $0.amount,
                    expiry: $0.expiry)
            })
    }

    private static func terminal(_ terminal: Terminal) throws -> TrustedTerminal {
        let key: PublicKey
        do { key = try PublicKey(coseKey: try bytes(terminal.key)) } catch let error as KeyError {
            throw Fault.key(error)
        }
        do { return try TrustedTerminal(key: key, name: terminal.name) } catch {
            throw Fault.terminal(error.reason)
        }
    }

    private static func bytes(_ hex: String) throws -> [UInt8] {
        guard let bytes = [UInt8](hex: hex) else { throw Fault.hex("a value") }
        return bytes
    }
}
