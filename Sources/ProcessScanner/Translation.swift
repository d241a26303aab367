import Glibc
public import ScannerProtocol
public import Screens
public import Terminal

/// A stream of frames, open for as long as its scanner, whatever becomes of the process.
final class OpenStream {
    let descriptor: Int32
    var header: StreamHeader?

    /// Opens a file or named pipe; one that nobody writes to yet is waited for while looking.
    init(path: String) throws(CameraError) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        guard descriptor >= 0 else {
            throw .streamUnreadable(name: path, detail: String(cString: strerror(errno)))
        }
    }

    deinit {
        if descriptor >= 0 { close(descriptor) }
    }
}

extension DecodedSymbol {
    init(_ symbol: ScannedSymbol) {
        self.init(
            bytes: symbol.bytes,
            corners: symbol.corners.map { Corner(x: Int($0.x), y: Int($0.y)) })
    }
}

extension ScannerFailure {
    /// Whether a stream that fails so is of no use any more.
    var endsStream: Bool {
        switch kind {
        case .unreadable, .streamHeaderBad, .streamTooManyPixels, .streamCut: true
        case .pictureFormatUnknown, .pictureDamaged, .pictureTooManyPixels, .cameraUnusable,
            .cameraGone, .cameraSilent, .orderUnfit:
            false
        }
    }

    /// The same, of what is called `name` here.
    func cameraError(_ name: String) -> CameraError {
        let (first, second) = (Int(numbers[0]), Int(numbers[1]))
        switch kind {
        case .pictureFormatUnknown: return .pictureFormatUnknown(path: name)
        case .pictureDamaged: return .pictureDamaged(path: name, detail: detail)
        case .pictureTooManyPixels:
            return .pictureTooManyPixels(
                path: name, width: first, height: second, limitPixels: 40_000_000)
        case .unreadable: return .streamUnreadable(name: name, detail: detail)
        case .streamHeaderBad: return .streamHeaderBad(name: name, detail: detail)
        case .streamTooManyPixels:
            return .streamTooManyPixels(
                name: name, width: first, height: second, limitPixels: 7_680 * 4_320)
        case .streamCut: return .streamCut(name: name, expectedBytes: first, gotBytes: second)
        case .cameraUnusable: return .cameraUnusable(path: name, detail: detail)
        case .cameraGone: return .cameraGone(path: name)
        case .cameraSilent: return .cameraSilent(path: name, milliseconds: first)
        case .orderUnfit:
            return .decoderUnavailable(detail: "it says that an order makes no sense")
        }
    }

    /// What a camera here says, for the wire.
    public init(_ error: CameraError) {
        switch error {
        case .pictureFormatUnknown, .pictureEmpty: self.init(.pictureFormatUnknown)
        case .pictureDamaged(_, let detail): self.init(.pictureDamaged, detail: detail)
        case .pictureTooManyPixels(_, let width, let height, _):
            self.init(.pictureTooManyPixels, UInt32(clamping: width), UInt32(clamping: height))
        case .streamHeaderBad(_, let detail): self.init(.streamHeaderBad, detail: detail)
        case .streamTooManyPixels(_, let width, let height, _):
            self.init(.streamTooManyPixels, UInt32(clamping: width), UInt32(clamping: height))
        case .streamCut(_, let expected, let got):
            self.init(.streamCut, UInt32(clamping: expected), UInt32(clamping: got))
        case .streamUnreadable(_, let detail), .pictureUnreadable(_, let detail):
            self.init(.unreadable, detail: detail)
        default: self.init(.unreadable, detail: error.reason)
        }
    }
}

extension AimHint {
    /// The same in a customer's terms; nil for none.
    public init?(_ advice: FrameAdvice) {
        switch advice {
        case .none: return nil
        case .closer: self = .closer
        case .further: self = .further
        case .brighter: self = .brighter
        case .holdStill: self = .holdStill
        }
    }
}
