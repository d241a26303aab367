import Foundation
import Glibc
import QRencodeEncoder
import Screens
import Synchronization
import Terminal

/// Obeys ESC/POS as a printer does, and keeps what would be on the paper. It knows only the commands
/// that are allowed here: anything else is a fault.
struct PrintedPaper {
    struct Fault: Error { let at: Int }

    var lines: [String] = []
    var isBold: [Bool] = []
    /// Pictures, dark is 0, as a camera sees paper.
    var pictures: [LumaFrame] = []
    var isCut = false
    var wasReset = false

    init(_ bytes: [UInt8]) throws {
        var rest = bytes[...]
        var line: [UInt8] = []
        var bold = false
        var stored: [UInt8] = []
        var modulePixels = 3
        func take(_ count: Int) throws -> [UInt8] {
            guard rest.count >= count else { throw Fault(at: bytes.count) }
            defer { rest = rest.dropFirst(count) }
            return Array(rest.prefix(count))
        }
        while let byte = rest.first {
            let place = bytes.count - rest.count
            rest = rest.dropFirst()
            switch byte {
            case 0x0A:
                lines.append(Self.text(line))
                isBold.append(bold)
                line = []
            case 0x20...0xFF: line.append(byte)
            case 0x10: _ = try take(2)
            case 0x1B:
                switch try take(1)[0] {
                case 0x40: wasReset = true
                case 0x74, 0x61, 0x64: _ = try take(1)
                case 0x45: bold = try take(1)[0] == 1
                default: throw Fault(at: place)
                }
            case 0x1D:
                switch try take(1)[0] {
                case 0x56: isCut = try take(1)[0] == 1
                case 0x76:
                    let head = try take(6)
                    let rowBytes = Int(head[2]) + Int(head[3]) << 8
                    let rows = Int(head[4]) + Int(head[5]) << 8
                    let dots = try take(rowBytes * rows)
                    pictures.append(
                        LumaFrame(
                            width: rowBytes * 8, height: rows,
                            pixels: dots.flatMap { byte in
                                (0..<8).map { byte & (0x80 >> UInt8($0)) == 0 ? 255 : 0 }
                            }))
                case 0x28:
                    let head = try take(3)
                    let body = try take(Int(head[1]) + Int(head[2]) << 8)
                    switch body[1] {
                    case 65, 69: break
                    case 67: modulePixels = Int(body[2])
                    case 80: stored = Array(body.dropFirst(3))
                    case 81: pictures.append(try Self.symbol(stored, modulePixels))
                    default: throw Fault(at: place)
                    }
                default: throw Fault(at: place)
                }
            default: throw Fault(at: place)
            }
        }
    }

    /// The printer's own generator is libqrencode here; a real one has its own.
    private static func symbol(_ content: [UInt8], _ pixels: Int) throws -> LumaFrame {
        let symbol = try SymbolEncoder.encode(content, mode: .byte)
        let side = (symbol.size + 8) * pixels
        return LumaFrame(
            width: side, height: side,
            pixels: (0..<side * side).map { place in
                symbol.isDark(place % side / pixels - 4, place / side / pixels - 4) ? 0 : 255
            })
    }

    /// CP858 as glibc's iconv knows CP850, but for the euro sign.
    private static func text(_ bytes: [UInt8]) -> String {
        var text = ""
        for byte in bytes {
            if byte == 0xD5 {
                text += "€"
            } else {
                let iconv = iconv_open("UTF-8", "CP850")
                var input = [CChar(bitPattern: byte)]
                var output = [CChar](repeating: 0, count: 8)
                input.withUnsafeMutableBufferPointer { from in
                    output.withUnsafeMutableBufferPointer { to in
                        var (source, left) = (from.baseAddress, 1)
                        var (target, room) = (to.baseAddress, 7)
                        _ = Glibc.iconv(iconv, &source, &left, &target, &room)
                    }
                }
                iconv_close(iconv)
                text += String(
                    decoding: output.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)),
                    as: UTF8.self)
            }
        }
        return text
    }
}

/// A printer on the network that can run out of paper and be unplugged.
final class NetworkPrinter: Sendable {
    enum Behaviour: Sendable {
        case fine, paperOut, coverOpen
        /// The roll ends once so many bytes were printed.
        case paperEnds(after: Int)
        /// The cable is pulled after so many bytes.
        case unplugged(after: Int)
    }

    let port: UInt16
    private let listener: Int32
    private let state = Mutex<[UInt8]>([])

    init(_ behaviour: Behaviour) throws {
        let listener = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = UInt32(0x7F00_0001).bigEndian
        var size = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) { address in
                bind(listener, address, size) == 0 && listen(listener, 4) == 0
                    && getsockname(listener, address, &size) == 0
            }
        }
        guard listener >= 0, bound else { throw PrinterError.unreachable("no loopback") }
        self.listener = listener
        port = UInt16(bigEndian: address.sin_port)
        Thread.detachNewThread { [self] in serve(behaviour) }
    }

    func stop() { shutdown(listener, Int32(SHUT_RDWR)) }

    /// What was written to it, without the questions about its status.
    var printed: [UInt8] { state.withLock { $0 } }

    private func serve(_ behaviour: Behaviour) {
        while true {
            let connection = accept(listener, nil, nil)
            guard connection >= 0 else { return }
            talk(connection, behaviour)
            close(connection)
        }
    }

    private func talk(_ connection: Int32, _ behaviour: Behaviour) {
        var question: [UInt8] = []
        var byte: UInt8 = 0
        while recv(connection, &byte, 1, 0) == 1 {
            let count = state.withLock { $0.count }
            if case .unplugged(let limit) = behaviour, count >= limit { return }
            // DLE EOT n is answered at once, wherever it stands, and is not printed.
            if !question.isEmpty || byte == 0x10 {
                question.append(byte)
                guard question.count == 3 else { continue }
                var answer: UInt8 = 0x12
                switch behaviour {
                case .paperOut: if byte == 4 { answer |= 0x60 }
                case .coverOpen: if byte == 2 { answer |= 0x04 }
                case .paperEnds(let limit): if byte == 4, count >= limit { answer |= 0x60 }
                case .fine, .unplugged: break
                }
                send(connection, &answer, 1, Int32(MSG_NOSIGNAL))
                question = []
            } else {
                state.withLock { $0.append(byte) }
            }
        }
    }
}
