/// One picture of what lies before the lens: 8-bit grey, row by row from the top left, 0 = black.
public struct LumaFrame: Hashable, Sendable {
    /// Pixels in a row.
    public let width: Int

    /// Rows.
    public let height: Int

    /// `width * height` grey values, row by row, 0 = black, 255 = white.
    public let pixels: [UInt8]

    /// Makes a frame of `width * height` pixels; another number of pixels is a programmer's error.
    public init(width: Int, height: Int, pixels: [UInt8]) {
        precondition(width >= 0 && height >= 0, "A frame's sides are not negative.")
        precondition(pixels.count == width * height, "A frame has width times height pixels.")
        self.width = width
        self.height = height
        self.pixels = pixels
    }
}

extension LumaFrame: CustomStringConvertible {
    /// The frame's sides; its pixels are not for reading.
    public var description: String { "frame of \(width) x \(height)" }
}

/// What a camera has to tell when it is asked for the next view.
public enum CameraView: Hashable, Sendable {
    /// A picture; `name` says which (a path, or a frame's number), for people and logs.
    case frame(LumaFrame, name: String)

    /// One picture could not be read; the camera itself goes on with the next.
    case unreadable(CameraError, name: String)

    /// Nothing lies before the lens: whatever was shown has been taken away.
    case empty

    /// The deadline passed with nothing to tell; ask again, or stop.
    case nothingNew

    /// There will be no more views.
    case ended
}

/// Where frames come from. A camera is confined to the thread that asks it for views.
public protocol Camera: AnyObject {
    /// Waits for the next view, at most so many milliseconds (then `nothingNew`); 0 does not wait.
    ///
    /// The deadline is what lets a scanning thread end: it asks, looks whether it shall stop, and
    /// asks again. An error means that the camera itself no longer works, and the same error is
    /// thrown again until that is mended; one bad picture is the view `unreadable` instead.
    func next(timeoutMilliseconds: Int) throws(CameraError) -> CameraView
}

extension Camera {
    /// Waits for the next view, for ever if need be; never answers `nothingNew`.
    public func next() throws(CameraError) -> CameraView {
        // An hour is as good as for ever, and fits every clock and poll interface.
        let hour = 3_600_000
        while true {
            let view = try next(timeoutMilliseconds: hour)
            if view != .nothingNew { return view }
        }
    }
}

/// Why a picture, a folder of pictures or a stream of frames cannot be seen.
public enum CameraError: Error, Hashable, Sendable {
    /// There is no file at this path.
    case pictureMissing(path: String)

    /// The system does not let the file be read; `detail` is its own word for why.
    case pictureUnreadable(path: String, detail: String)

    /// The path names a folder, pipe or device where a file was expected.
    case pictureNotAFile(path: String)

    /// The file holds no byte.
    case pictureEmpty(path: String)

    /// The file begins like none of the picture formats that are read.
    case pictureFormatUnknown(path: String)

    /// The file is larger than is read.
    case pictureFileTooLarge(path: String, bytes: Int, limitBytes: Int)

    /// The picture has more pixels than are read.
    case pictureTooManyPixels(path: String, width: Int, height: Int, limitPixels: Int)

    /// The file begins like a picture and is broken or cut; `detail` says where.
    case pictureDamaged(path: String, detail: String)

    /// There is no folder at this path.
    case folderMissing(path: String)

    /// The system does not let the folder be listed or watched.
    case folderUnreadable(path: String, detail: String)

    /// Pictures cannot be moved out of the folder once seen.
    case folderNotWritable(path: String, detail: String)

    /// The folder holds no picture.
    case folderWithoutPictures(path: String)

    /// The system does not let the stream be opened or read.
    case streamUnreadable(name: String, detail: String)

    /// The stream's header, or a frame's, breaks its format or is of a kind that is not read.
    case streamHeaderBad(name: String, detail: String)

    /// The stream's frames have more pixels than are read.
    case streamTooManyPixels(name: String, width: Int, height: Int, limitPixels: Int)

    /// The stream ended inside a frame, after so many of its bytes.
    case streamCut(name: String, expectedBytes: Int, gotBytes: Int)

    /// There is no camera at this path now; it is looked for again.
    case cameraMissing(path: String)

    /// The device at this path cannot be used as a camera.
    case cameraUnusable(path: String, detail: String)

    /// The camera was unplugged while it was in use; it is looked for again.
    case cameraGone(path: String)

    /// The camera has given no frame for so long; it is started again.
    case cameraSilent(path: String, milliseconds: Int)

    /// There is no scan engine at this path now; it is looked for again.
    case scanEngineMissing(path: String)

    /// The device at this path cannot be used as a scan engine.
    case scanEngineUnusable(path: String, detail: String)

    /// The scan engine was unplugged while it was in use; it is looked for again.
    case scanEngineGone(path: String)

    /// What a scan engine sent is no whole code, and was thrown away.
    case scanEngineCodeSpoiled(path: String, detail: String)

    /// Decoding this picture or frame took longer than it may, and was ended.
    case decoderTooSlow(name: String, milliseconds: Int)

    /// The decoder's process died over this picture or frame; `detail` is how.
    case decoderDied(name: String, detail: String)

    /// The decoder's process cannot be started, or answers what makes no sense.
    case decoderUnavailable(detail: String)
}

extension CameraError: CustomStringConvertible {
    /// A stable code for programs; it never changes once released.
    public var reason: String {
        switch self {
        case .pictureMissing: "picture-missing"
        case .pictureUnreadable: "picture-unreadable"
        case .pictureNotAFile: "picture-not-a-file"
        case .pictureEmpty: "picture-empty"
        case .pictureFormatUnknown: "picture-format-unknown"
        case .pictureFileTooLarge: "picture-file-too-large"
        case .pictureTooManyPixels: "picture-too-many-pixels"
        case .pictureDamaged: "picture-damaged"
        case .folderMissing: "folder-missing"
        case .folderUnreadable: "folder-unreadable"
        case .folderNotWritable: "folder-not-writable"
        case .folderWithoutPictures: "folder-without-pictures"
        case .streamUnreadable: "stream-unreadable"
        case .streamHeaderBad: "stream-header-bad"
        case .streamTooManyPixels: "stream-too-many-pixels"
        case .streamCut: "stream-cut"
        case .cameraMissing: "camera-missing"
        case .cameraUnusable: "camera-unusable"
        case .cameraGone: "camera-gone"
        case .cameraSilent: "camera-silent"
        case .scanEngineMissing: "scan-engine-missing"
        case .scanEngineUnusable: "scan-engine-unusable"
        case .scanEngineGone: "scan-engine-gone"
        case .scanEngineCodeSpoiled: "scan-engine-code-spoiled"
        case .decoderTooSlow: "decoder-too-slow"
        case .decoderDied: "decoder-died"
        case .decoderUnavailable: "decoder-unavailable"
        }
    }

    /// A sentence for people.
    public var description: String {
        switch self {
        case .pictureMissing(let path):
            "There is no picture at \(path)."
        case .pictureUnreadable(let path, let detail):
            "The picture \(path) cannot be read: \(detail)."
        case .pictureNotAFile(let path):
            "\(path) is not a file."
        case .pictureEmpty(let path):
            "The file \(path) is empty."
        case .pictureFormatUnknown(let path):
            "The file \(path) is not a picture: PNG, JPEG and PGM are read."
        case .pictureFileTooLarge(let path, let bytes, let limit):
            "The file \(path) has \(bytes) bytes; pictures of up to \(limit) bytes are read."
        case .pictureTooManyPixels(let path, let width, let height, let limit):
            "The picture \(path) has \(width) x \(height) pixels; up to \(limit) are read."
        case .pictureDamaged(let path, let detail):
            "The picture \(path) is damaged: \(detail)."
        case .folderMissing(let path):
            "There is no folder at \(path)."
        case .folderUnreadable(let path, let detail):
            "The folder \(path) cannot be read: \(detail)."
        case .folderNotWritable(let path, let detail):
            "Pictures in the folder \(path) cannot be moved once seen: \(detail)."
        case .folderWithoutPictures(let path):
            "The folder \(path) holds no picture."
        case .streamUnreadable(let name, let detail):
            "The frame stream \(name) cannot be read: \(detail)."
        case .streamHeaderBad(let name, let detail):
            "The frame stream \(name) has a bad header: \(detail)."
        case .streamTooManyPixels(let name, let width, let height, let limit):
            "The frames of \(name) have \(width) x \(height) pixels; up to \(limit) are read."
        case .streamCut(let name, let expected, let got):
            "The frame stream \(name) ended inside a frame, after \(got) of \(expected) bytes."
        case .cameraMissing(let path):
            "There is no camera at \(path). Plug it in; it is looked for again. Codes cannot be read."
        case .cameraUnusable(let path, let detail):
            "The device \(path) cannot be used as a camera: \(detail)."
        case .cameraGone(let path):
            "The camera \(path) was unplugged. Plug it in again. Codes cannot be read until then."
        case .cameraSilent(let path, let milliseconds):
            "The camera \(path) has shown nothing for \(milliseconds) ms; it is started again."
        case .scanEngineMissing(let path):
            "There is no scan engine at \(path). Plug it in; it is looked for again. It reads no codes."
        case .scanEngineUnusable(let path, let detail):
            "The device \(path) cannot be used as a scan engine: \(detail)."
        case .scanEngineGone(let path):
            "The scan engine \(path) was unplugged. Plug it in again. It reads no codes until then."
        case .scanEngineCodeSpoiled(let path, let detail):
            "What the scan engine \(path) sent is no code: \(detail). Nothing was paid; scan again."
        case .decoderTooSlow(let name, let milliseconds):
            "Decoding \(name) was ended after \(milliseconds) ms; nothing was read from it."
        case .decoderDied(let name, let detail):
            "The decoder died over \(name) (\(detail)) and was replaced; nothing was read from it."
        case .decoderUnavailable(let detail):
            "The decoder's process cannot be used: \(detail). Codes cannot be read."
        }
    }
}
