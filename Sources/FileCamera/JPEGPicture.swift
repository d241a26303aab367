internal import CTurboJPEG
internal import Terminal

/// JPEG (ITU-T T.81), baseline and progressive, through libjpeg-turbo; its luma is the frame.
enum JPEGPicture {
    static func decode(_ bytes: [UInt8]) throws(PictureFailure) -> LumaFrame {
        guard let decompressor = JPEGDecompressor() else {
            throw .damaged("libjpeg-turbo could not be started")
        }
        return try decompressor.decode(bytes)
    }

    /// Whether the end-of-image marker follows the last start of scan.
    ///
    /// Inside a scan 0xFF is always stuffed, so neither marker can be mistaken; a thumbnail's own
    /// markers lie before the main picture's scan.
    static func reachesItsEnd(_ bytes: [UInt8]) -> Bool {
        var index = bytes.count - 2
        var hasEnd = false
        while index >= 0 {
            if bytes[index] == 0xFF {
                if bytes[index + 1] == 0xD9 { hasEnd = true }
                if bytes[index + 1] == 0xDA { return hasEnd }
            }
            index -= 1
        }
        return false
    }
}

/// libjpeg-turbo's decompressor.
private struct JPEGDecompressor: ~Copyable {
    private let handle: tjhandle

    init?() {
        guard let handle = tjInitDecompress() else { return nil }
        self.handle = handle
    }

    deinit {
        tjDestroy(handle)
    }

    borrowing func decode(_ bytes: [UInt8]) throws(PictureFailure) -> LumaFrame {
        var width: Int32 = 0
        var height: Int32 = 0
        var subsampling: Int32 = 0
        var colorspace: Int32 = 0
        let size = UInt(bytes.count)
        if tjDecompressHeader3(
            handle, bytes, size, &width, &height, &subsampling, &colorspace) != 0
        {
            throw .damaged(message)
        }
        try PictureFailure.check(width: Int(width), height: Int(height))
        var pixels = [UInt8](repeating: 0, count: Int(width) * Int(height))
        // A progressive file of a few KB can hold thousands of scans, each a pass over all pixels.
        let status = tjDecompress2(
            handle, bytes, size, &pixels, width, width, height, Int32(TJPF_GRAY.rawValue),
            TJFLAG_LIMITSCANS)
        if status != 0 {
            // Cameras write small faults that libjpeg only warns of; a cut file is not one of them.
            let isWarning = tjGetErrorCode(handle) == Int32(TJERR_WARNING.rawValue)
            if !isWarning || !JPEGPicture.reachesItsEnd(bytes) { throw .damaged(message) }
        }
        return LumaFrame(width: Int(width), height: Int(height), pixels: pixels)
    }

    private borrowing func messageText() -> String {
        guard let text = tjGetErrorStr2(handle) else { return "no word of why" }
        return String(cString: text)
    }

    private var message: String {
        "libjpeg-turbo says \(messageText())"
    }
}
