internal import CTurboJPEG
internal import CV4L2
import ScannerProtocol

/// Gets the luma out of a frame's buffer: where it lies there row by row, it is not copied.
final class LumaExtractor {
    /// Why a frame has no luma.
    struct Damage: Error {
        let detail: String
    }

    /// The fewest bytes that a whole frame has; a JPEG picture has as many as it needs.
    let minimumBytes: Int

    private let format: CameraFormat
    private let width: Int
    private let height: Int
    private let bytesPerLine: Int
    private var copy: [UInt8]
    private let decompressor: JPEGLuma?

    /// Makes an extractor for what the driver agreed to; frames that are too large are refused.
    init(_ kind: CameraFormat, _ format: till_camera_format) throws(V4L2Error) {
        self.format = kind
        width = Int(format.width)
        height = Int(format.height)
        guard width > 0, height > 0, width * height <= V4L2Camera.maximumPixels else {
            throw .unusable("its frames have \(format.width) x \(format.height) pixels")
        }
        let bytesPerPixel = kind == .yuyv ? 2 : 1
        // Some drivers leave the field empty where rows follow each other.
        bytesPerLine = max(Int(format.bytes_per_line), width * bytesPerPixel)
        switch kind {
        case .grey, .nv12, .yuyv:
            minimumBytes = bytesPerLine * (height - 1) + width * bytesPerPixel
            decompressor = nil
        case .mjpeg:
            minimumBytes = 1
            guard let jpeg = JPEGLuma() else { throw .unusable("libjpeg-turbo does not start") }
            decompressor = jpeg
        }
        let isCopied = kind == .yuyv || kind == .mjpeg || bytesPerLine != width
        copy = [UInt8](repeating: 0, count: isCopied ? width * height : 0)
    }

    /// Hands on `width * height` grey values of a buffer that has the minimum of bytes at least.
    func withLuma<Value>(
        of bytes: UnsafeRawBufferPointer, _ body: (Span<UInt8>) -> Value
    ) -> Result<Value, Damage> {
        switch format {
        case .grey, .nv12:
            if copy.isEmpty {
                let luma = UnsafeBufferPointer(
                    rebasing: bytes.bindMemory(to: UInt8.self)[..<(width * height)])
                return .success(body(luma.span))
            }
            copyRows(bytes)
        case .yuyv: copyEverySecond(bytes)
        case .mjpeg:
            guard let decompressor else { return .failure(Damage(detail: "no decompressor")) }
            if let damage = decompressor.decode(bytes, width: width, height: height, into: &copy) {
                return .failure(damage)
            }
        }
        let luma = copy
        return .success(body(luma.span))
    }

    private func copyRows(_ bytes: UnsafeRawBufferPointer) {
        copy.withUnsafeMutableBytes { out in
            for row in 0..<height {
                let start = row * bytesPerLine
                UnsafeMutableRawBufferPointer(rebasing: out[(row * width)..<((row + 1) * width)])
                    .copyMemory(
                        from: UnsafeRawBufferPointer(rebasing: bytes[start..<(start + width)]))
            }
        }
    }

    private func copyEverySecond(_ bytes: UnsafeRawBufferPointer) {
        let width = width
        copy.withUnsafeMutableBufferPointer { out in
            for row in 0..<height {
                let start = row * bytesPerLine
                let target = row * width
                for x in 0..<width { out[target &+ x] = bytes[start &+ x &* 2] }
            }
        }
    }
}

/// libjpeg-turbo's decompressor, kept for all of a camera's frames; luma alone is decoded.
final class JPEGLuma {
    private let handle: tjhandle

    init?() {
        guard let handle = tjInitDecompress() else { return nil }
        self.handle = handle
    }

    deinit {
        tjDestroy(handle)
    }

    /// Decodes a picture of exactly these sides; answers with what is wrong with it.
    func decode(
        _ bytes: UnsafeRawBufferPointer, width: Int, height: Int, into luma: inout [UInt8]
    ) -> LumaExtractor.Damage? {
        let source = bytes.bindMemory(to: UInt8.self).baseAddress
        var (gotWidth, gotHeight, sampling, colours): (Int32, Int32, Int32, Int32) = (0, 0, 0, 0)
        let size = UInt(bytes.count)
        if tjDecompressHeader3(
            handle, source, size, &gotWidth, &gotHeight, &sampling, &colours) != 0
        {
            return damage
        }
        guard Int(gotWidth) == width, Int(gotHeight) == height else {
            return LumaExtractor.Damage(detail: "a picture of \(gotWidth) x \(gotHeight) pixels")
        }
        let status = tjDecompress2(
            handle, source, size, &luma, gotWidth, gotWidth, gotHeight, Int32(TJPF_GRAY.rawValue),
            TJFLAG_LIMITSCANS)
        // Webcams write small faults that libjpeg only warns of.
        if status != 0, tjGetErrorCode(handle) != Int32(TJERR_WARNING.rawValue) { return damage }
        return nil
    }

    private var damage: LumaExtractor.Damage {
        let text = tjGetErrorStr2(handle).map { String(cString: $0) } ?? "no word of why"
        return LumaExtractor.Damage(detail: "libjpeg-turbo says \(text)")
    }
}
