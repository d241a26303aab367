public import Screens

/// What a scanner has to tell when it is asked to look.
public enum ScannerView: Hashable, Sendable {
    /// A frame was looked at, and these symbols read from it; `name` says which frame.
    case looked([DecodedSymbol], name: String)

    /// One picture or frame could not be looked at; the scanner goes on with the next.
    case unreadable(CameraError, name: String)

    /// Nothing lies before the lens: whatever was shown has been taken away.
    case empty

    /// The deadline passed with nothing to tell; ask again, or stop.
    case nothingNew

    /// There will be no more views.
    case ended
}

/// What looks and reads: a camera with a decoder behind it, wherever the decoder runs, or a scan
/// engine, which is both.
///
/// A scanner is confined to the thread that asks it.
public protocol Scanner: AnyObject {
    /// Waits for the next view, at most so many milliseconds and the time that decoding takes.
    ///
    /// An error means that the camera or the decoder no longer works; asked again, the scanner
    /// tries to mend that, so that one who asks on is told of its return.
    func look(timeoutMilliseconds: Int) throws(CameraError) -> ScannerView

    /// Hears, before each look, whether a code would be used: what has a trigger looks only then.
    func codesAreWanted(_ wanted: Bool)

    /// What would have helped a code in the last view to be read; nil where nothing would.
    var hint: AimHint? { get }
}

extension Scanner {
    /// Most scanners know nothing of what they could not read.
    public var hint: AimHint? { nil }

    /// Most scanners look all the time.
    public func codesAreWanted(_ wanted: Bool) {}
}

/// A camera and a decoder in this process: for pictures that nobody else can have made, and tests.
public final class DirectScanner: Scanner {
    private let camera: any Camera
    private let decoder: any SymbolDecoder

    /// Puts a decoder behind a camera.
    public init(camera: any Camera, decoder: any SymbolDecoder) {
        self.camera = camera
        self.decoder = decoder
    }

    /// Decodes the camera's next frame.
    public func look(timeoutMilliseconds: Int) throws(CameraError) -> ScannerView {
        switch try camera.next(timeoutMilliseconds: timeoutMilliseconds) {
        case .frame(let frame, let name): .looked(decoder.decode(frame), name: name)
        case .unreadable(let error, let name): .unreadable(error, name: name)
        case .empty: .empty
        case .nothingNew: .nothingNew
        case .ended: .ended
        }
    }
}

/// What a source of still pictures has to tell.
public enum PictureArrival: Hashable, Sendable {
    /// A file's bytes, which nobody has looked into; `name` says which file.
    case picture([UInt8], name: String)

    /// One file could not be read; the source goes on with the next.
    case unreadable(CameraError, name: String)

    /// The picture that came last has been taken away.
    case empty

    /// The deadline passed with nothing to tell.
    case nothingNew

    /// There will be no more pictures.
    case ended
}

/// Where still pictures come from, as bytes that are decoded elsewhere.
public protocol PictureSource: AnyObject {
    /// Waits for the next picture, at most so many milliseconds; errors as ``Camera`` throws them.
    func next(timeoutMilliseconds: Int) throws(CameraError) -> PictureArrival

    /// Hears that the picture that came last could not be decoded.
    func reject() throws(CameraError)
}
