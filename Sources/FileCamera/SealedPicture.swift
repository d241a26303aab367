import Glibc
public import Terminal

/// A picture whose bytes another process wrote into an open file, for one that may open none.
public enum SealedPicture {
    /// Decodes the file's first bytes, so many of them; the descriptor stays open.
    public static func decode(
        descriptor: Int32, byteCount: Int, name: String
    ) throws(CameraError) -> LumaFrame {
        guard (1...PictureReader.maximumFileBytes).contains(byteCount) else {
            throw .pictureFileTooLarge(
                path: name, bytes: byteCount, limitBytes: PictureReader.maximumFileBytes)
        }
        var bytes = [UInt8](repeating: 0, count: byteCount)
        var filled = 0
        while filled < byteCount {
            let count = bytes.withUnsafeMutableBytes { buffer in
                pread(descriptor, buffer.baseAddress! + filled, byteCount - filled, off_t(filled))
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                throw .pictureUnreadable(
                    path: name,
                    detail: count < 0 ? FileDescriptor.lastErrorText() : "it is shorter than said")
            }
            filled += count
        }
        return try PictureReader.decodeFrame(bytes, name: name)
    }
}
