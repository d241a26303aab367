public import Terminal

/// A camera that sees given pictures one after the other, as ``PicturePaths`` hands them out,
/// decoded in this process.
public final class PictureCamera: Camera {
    private let source: PicturePaths

    /// Makes a camera for files and folders; nothing is read before it is asked for.
    public init(paths: [String]) {
        source = PicturePaths(paths)
    }

    /// The next picture, at once: files keep nobody waiting.
    public func next(timeoutMilliseconds: Int) throws(CameraError) -> CameraView {
        switch try source.next(timeoutMilliseconds: timeoutMilliseconds) {
        case .picture(let bytes, let name):
            do throws(CameraError) {
                return .frame(try PictureReader.decodeFrame(bytes, name: name), name: name)
            } catch {
                return .unreadable(error, name: name)
            }
        case .unreadable(let error, let name): return .unreadable(error, name: name)
        case .empty: return .empty
        case .nothingNew: return .nothingNew
        case .ended: return .ended
        }
    }
}
