public import Terminal

/// A camera that sees each picture put into a folder, once, in order of arrival, as
/// ``WatchedFolder`` hands them out, decoded in this process.
public final class WatchedFolderCamera: Camera {
    private let folder: String
    private let source: WatchedFolder

    /// Begins to watch; the folder must be there, readable and writable.
    public init(folder: String) throws(CameraError) {
        self.folder = folder
        source = try WatchedFolder(folder: folder)
    }

    /// The next picture that arrives, then `empty`.
    public func next(timeoutMilliseconds: Int) throws(CameraError) -> CameraView {
        switch try source.next(timeoutMilliseconds: timeoutMilliseconds) {
        case .picture(let bytes, let name):
            do throws(CameraError) {
                let path = FolderListing.path(name, in: folder)
                return .frame(try PictureReader.decodeFrame(bytes, name: path), name: name)
            } catch {
                try source.reject()
                return .unreadable(error, name: name)
            }
        case .unreadable(let error, let name): return .unreadable(error, name: name)
        case .empty: return .empty
        case .nothingNew: return .nothingNew
        case .ended: return .ended
        }
    }
}
