import Glibc
public import Terminal

/// Reads still pictures as grey frames; the content says what it is, never the file's name.
public enum PictureReader {
    /// The largest file that is read, in bytes: four times what a phone writes for a photo.
    public static let maximumFileBytes = 32 << 20

    /// The largest picture that is read, in pixels: above phones' photos as they are shot, and a
    /// bound of 40 MB on what a file of a few bytes may make us allocate.
    public static let maximumPixels = 40_000_000

    /// Reads the picture in a file.
    public static func readFrame(atPath path: String) throws(CameraError) -> LumaFrame {
        try readFrame(atPath: path, name: path)
    }

    /// Reads the picture in a file, which an error calls `name`.
    static func readFrame(atPath path: String, name: String) throws(CameraError) -> LumaFrame {
        try decodeFrame(readFile(path, name: name), name: name)
    }

    /// Reads a picture from a file's bytes; `name` is what an error calls it.
    public static func decodeFrame(
        _ bytes: [UInt8], name: String
    ) throws(CameraError) -> LumaFrame {
        if bytes.isEmpty { throw .pictureEmpty(path: name) }
        do throws(PictureFailure) {
            switch PictureFormat(beginning: bytes) {
            case .png: return try PNGPicture.decode(bytes)
            case .jpeg: return try JPEGPicture.decode(bytes)
            case .pgm: return try PGMPicture.decode(bytes)
            case nil: throw .formatUnknown
            }
        } catch {
            throw error.cameraError(path: name)
        }
    }

    /// Whether the file begins like a picture; false too where that cannot be found out.
    static func looksLikePicture(path: String) -> Bool {
        do throws(CameraError) {
            let file = try RegularFile(path: path, name: path)
            let beginning = try file.readBytes(upTo: PictureFormat.signatureBytes)
            return PictureFormat(beginning: beginning) != nil
        } catch {
            return false
        }
    }

    /// Reads a file's bytes, whole, if it begins like a picture; an error calls it `name`.
    static func readFile(_ path: String, name: String) throws(CameraError) -> [UInt8] {
        let file = try RegularFile(path: path, name: name)
        // The beginning first: a large file of something else is refused without reading it.
        let beginning = try file.readBytes(upTo: PictureFormat.signatureBytes)
        if beginning.isEmpty { throw .pictureEmpty(path: name) }
        if PictureFormat(beginning: beginning) == nil { throw .pictureFormatUnknown(path: name) }
        if file.size > maximumFileBytes {
            throw .pictureFileTooLarge(
                path: name, bytes: file.size, limitBytes: maximumFileBytes)
        }
        return beginning + (try file.readBytes(upTo: maximumFileBytes))
    }
}

/// Why bytes are no picture that is read.
enum PictureFailure: Error {
    case formatUnknown
    case damaged(String)
    case tooManyPixels(width: Int, height: Int)

    func cameraError(path: String) -> CameraError {
        switch self {
        case .formatUnknown:
            .pictureFormatUnknown(path: path)
        case .damaged(let detail):
            .pictureDamaged(path: path, detail: detail)
        case .tooManyPixels(let width, let height):
            .pictureTooManyPixels(
                path: path, width: width, height: height,
                limitPixels: PictureReader.maximumPixels)
        }
    }

    /// Checks a header's sides before anything is allocated for them.
    static func check(width: Int, height: Int) throws(PictureFailure) {
        if width <= 0 || height <= 0 { throw .damaged("its header gives it no pixels") }
        let (pixels, overflow) = width.multipliedReportingOverflow(by: height)
        if overflow || pixels > PictureReader.maximumPixels {
            throw .tooManyPixels(width: width, height: height)
        }
    }
}

/// The picture formats that are read.
enum PictureFormat {
    case png
    case jpeg
    case pgm

    /// How many of a file's first bytes tell its format.
    static let signatureBytes = 8

    init?(beginning bytes: [UInt8]) {
        let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A]
        if bytes.starts(with: png) {
            self = .png
        } else if bytes.starts(with: [0xFF, 0xD8, 0xFF]) {
            self = .jpeg
        } else if bytes.count >= 3, bytes[0] == UInt8(ascii: "P"),
            bytes[1] == UInt8(ascii: "2") || bytes[1] == UInt8(ascii: "5"),
            PGMPicture.isSpace(bytes[2]) || bytes[2] == UInt8(ascii: "#")
        {
            self = .pgm
        } else {
            return nil
        }
    }
}

/// A file opened for reading, known to be neither folder, pipe nor device.
private struct RegularFile: ~Copyable {
    private let name: String
    private let descriptor: FileDescriptor
    let size: Int

    init(path: String, name: String) throws(CameraError) {
        // Without O_NONBLOCK, opening a pipe that nobody writes to would wait for ever.
        let number = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        if number < 0 {
            // ENOTDIR: a file stands where the path has a folder.
            if errno == ENOENT || errno == ENOTDIR { throw .pictureMissing(path: name) }
            throw .pictureUnreadable(path: name, detail: FileDescriptor.lastErrorText())
        }
        let descriptor = FileDescriptor(owning: number)
        var status = stat()
        if fstat(descriptor.number, &status) != 0 {
            throw .pictureUnreadable(path: name, detail: FileDescriptor.lastErrorText())
        }
        if status.st_mode & S_IFMT != S_IFREG { throw .pictureNotAFile(path: name) }
        self.name = name
        self.descriptor = descriptor
        size = Int(status.st_size)
    }

    /// Reads on from where the last reading stopped, to the end or so many bytes.
    borrowing func readBytes(upTo limit: Int) throws(CameraError) -> [UInt8] {
        var bytes = [UInt8](repeating: 0, count: min(limit, max(size, 1)))
        var filled = 0
        while filled < bytes.count {
            let result = bytes.withUnsafeMutableBytes { buffer in
                descriptor.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[filled...]))
            }
            switch result {
            case .bytes(let count): filled += count
            case .end, .nothingYet: return Array(bytes[..<filled])
            case .failed(let detail): throw .pictureUnreadable(path: name, detail: detail)
            }
        }
        return bytes
    }
}
