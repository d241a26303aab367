import Glibc
public import Terminal

/// A camera that sees the frames of a raw video stream: a pipe, a socket or a file.
///
/// It keeps one frame at a time, whatever the stream holds.
public final class StreamCamera: Camera {
    /// How the stream is laid out.
    public enum Layout: Hashable, Sendable {
        /// Y4M (YUV4MPEG2), 8 bits, 4:2:0, 4:2:2, 4:4:4 or mono; its header gives the sides.
        case y4m

        /// Grey frames of these sides, one byte a pixel, one after the other with nothing between.
        case grey(width: Int, height: Int)

        /// A Y4M stream after its header, which gave these sides and this much chroma a frame.
        case y4mFrames(width: Int, height: Int, chromaBytes: Int)
    }

    /// The sides of a frame and its bytes of chroma; nil until the header has come.
    public var frameShape: (width: Int, height: Int, chromaBytes: Int)? {
        width > 0 ? (width, height, chromaBytes) : nil
    }

    /// The largest frame that is read, in pixels: that of an 8K camera.
    public static let maximumPixels = 7_680 * 4_320

    private enum Part {
        case streamHeader
        case frameHeader
        case luma
        case chroma
        case ended
        case broken(CameraError)
    }

    private let name: String
    private let descriptor: FileDescriptor
    private var part: Part
    private var width = 0
    private var height = 0
    private var chromaBytes = 0
    private var hasFrameHeaders = false
    private var line: [UInt8] = []
    private var luma: [UInt8] = []
    private var filled = 0
    private var framesSeen = 0

    /// Bytes of chroma thrown away in one reading.
    private static let scratchBytes = 64 << 10

    /// Takes over an open file descriptor, which is closed with the camera.
    ///
    /// It should not block (`O_NONBLOCK`) if it is shared with others who read from it.
    public init(
        owning descriptor: Int32, name: String, layout: Layout
    ) throws(CameraError) {
        self.descriptor = FileDescriptor(owning: descriptor)
        self.name = name
        switch layout {
        case .y4m:
            part = .streamHeader
            hasFrameHeaders = true
        case .grey(let width, let height):
            part = .luma
            try setSides(width: width, height: height, chromaBytes: 0)
        case .y4mFrames(let width, let height, let chromaBytes):
            part = .frameHeader
            hasFrameHeaders = true
            try setSides(width: width, height: height, chromaBytes: chromaBytes)
        }
    }

    /// Opens a file or named pipe; a pipe that nobody writes to yet is waited for by `next`.
    public convenience init(path: String, layout: Layout) throws(CameraError) {
        let number = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY)
        if number < 0 {
            throw .streamUnreadable(name: path, detail: FileDescriptor.lastErrorText())
        }
        try self.init(owning: number, name: path, layout: layout)
    }

    /// The next frame; part of one that has come by the deadline is kept for the next call.
    public func next(timeoutMilliseconds: Int) throws(CameraError) -> CameraView {
        let deadline = Deadline(inMilliseconds: timeoutMilliseconds)
        do throws(CameraError) {
            return try nextView(by: deadline)
        } catch {
            part = .broken(error)
            throw error
        }
    }

    private func nextView(by deadline: Deadline) throws(CameraError) -> CameraView {
        while true {
            switch part {
            case .ended: return .ended
            case .broken(let error): throw error
            case .streamHeader, .frameHeader, .luma, .chroma: break
            }
            if isPartComplete {
                if let frame = try finishPart() { return frame }
                continue
            }
            guard descriptor.waitUntilReadable(by: deadline) else { return .nothingNew }
            switch readPart() {
            case .bytes, .nothingYet: continue
            case .end: try finishStream()
            case .failed(let detail): throw .streamUnreadable(name: name, detail: detail)
            }
        }
    }

    /// How many bytes the part that is being read has; the least a line has.
    private var partBytes: Int {
        switch part {
        case .luma: width * height
        case .chroma: chromaBytes
        case .frameHeader: "FRAME".utf8.count + 1
        case .streamHeader, .ended, .broken: 0
        }
    }

    private var isPartComplete: Bool {
        switch part {
        case .streamHeader, .frameHeader:
            line.last == 0x0A || line.count > Y4MHeader.maximumLineBytes
        case .luma, .chroma: filled == partBytes
        case .ended, .broken: true
        }
    }

    /// Reads what there is of the part, never beyond it.
    private func readPart() -> FileDescriptor.ReadResult {
        switch part {
        case .streamHeader, .frameHeader:
            // Byte by byte, because what follows the line feed is a frame; a line has some 60.
            var byte: UInt8 = 0
            let result = withUnsafeMutableBytes(of: &byte) { descriptor.read(into: $0) }
            if case .bytes = result { line.append(byte) }
            return result
        case .luma:
            let start = filled
            let result = luma.withUnsafeMutableBytes { buffer in
                descriptor.read(into: UnsafeMutableRawBufferPointer(rebasing: buffer[start...]))
            }
            if case .bytes(let count) = result { filled += count }
            return result
        case .chroma:
            let wanted = min(Self.scratchBytes, chromaBytes - filled)
            let result = withUnsafeTemporaryAllocation(byteCount: wanted, alignment: 1) { buffer in
                descriptor.read(into: buffer)
            }
            if case .bytes(let count) = result { filled += count }
            return result
        case .ended, .broken:
            return .end
        }
    }

    /// Goes on to the next part; a frame is whole when its last plane is.
    private func finishPart() throws(CameraError) -> CameraView? {
        filled = 0
        switch part {
        case .streamHeader:
            try readStreamHeader()
            part = .frameHeader
        case .frameHeader:
            let word = line.dropLast().prefix { $0 != 0x20 }
            guard line.last == 0x0A, word.elementsEqual("FRAME".utf8) else {
                throw .streamHeaderBad(
                    name: name, detail: "frame \(framesSeen + 1) does not begin with FRAME")
            }
            part = .luma
        case .luma where chromaBytes > 0:
            part = .chroma
            return nil
        case .luma, .chroma:
            part = hasFrameHeaders ? .frameHeader : .luma
            framesSeen += 1
            let frame = LumaFrame(width: width, height: height, pixels: luma)
            line.removeAll()
            return .frame(frame, name: "\(name) frame \(framesSeen)")
        case .ended, .broken:
            break
        }
        line.removeAll()
        return nil
    }

    private func readStreamHeader() throws(CameraError) {
        guard line.last == 0x0A else {
            throw .streamHeaderBad(
                name: name,
                detail: "its first line has more than \(Y4MHeader.maximumLineBytes) bytes")
        }
        do throws(Y4MHeader.Failure) {
            let header = try Y4MHeader(line: line.dropLast())
            width = header.width
            height = header.height
            chromaBytes = header.chromaBytes
        } catch {
            throw .streamHeaderBad(name: name, detail: error.detail)
        }
        try setSides(width: width, height: height, chromaBytes: chromaBytes)
    }

    private func setSides(width: Int, height: Int, chromaBytes: Int) throws(CameraError) {
        guard width > 0, height > 0 else {
            throw .streamHeaderBad(name: name, detail: "a frame of \(width) x \(height) pixels")
        }
        let (pixels, overflow) = width.multipliedReportingOverflow(by: height)
        if overflow || pixels > Self.maximumPixels {
            throw .streamTooManyPixels(
                name: name, width: width, height: height, limitPixels: Self.maximumPixels)
        }
        self.width = width
        self.height = height
        self.chromaBytes = chromaBytes
        luma = [UInt8](repeating: 0, count: pixels)
    }

    /// The stream's end is well between two frames, and a fault anywhere else.
    private func finishStream() throws(CameraError) {
        let isBetweenFrames =
            switch part {
            case .frameHeader: line.isEmpty
            case .luma: !hasFrameHeaders && filled == 0
            case .streamHeader, .chroma, .ended, .broken: false
            }
        if isBetweenFrames {
            part = .ended
            return
        }
        if case .streamHeader = part {
            throw .streamHeaderBad(name: name, detail: "it ends within its first line")
        }
        let got = filled + line.count
        throw .streamCut(name: name, expectedBytes: partBytes, gotBytes: got)
    }
}
