public import Terminal

/// A camera that sees given pictures one after the other, each once.
///
/// A path may be a file or a folder; a folder's pictures come as people count them (2.png before
/// 10.png), its sub-folders are not entered. Every path answers with one view at least: what
/// cannot be seen is the view `unreadable`, and the next one follows.
public final class PictureCamera: Camera {
    private var paths: ArraySlice<String>
    private var folderPictures: ArraySlice<String> = []

    /// Makes a camera for files and folders; nothing is read before it is asked for.
    public init(paths: [String]) {
        self.paths = paths[...]
    }

    /// The next picture, at once: files keep nobody waiting.
    public func next(timeoutMilliseconds: Int) throws(CameraError) -> CameraView {
        if let picture = folderPictures.popFirst() { return view(of: picture) }
        guard let path = paths.popFirst() else { return .ended }
        guard FolderListing.isFolder(path) else { return view(of: path) }
        do throws(CameraError) {
            let names = try FolderListing.pictures(in: path)
            folderPictures = names.map { FolderListing.path($0, in: path) }[...]
        } catch {
            return .unreadable(error, name: path)
        }
        guard let first = folderPictures.popFirst() else {
            return .unreadable(.folderWithoutPictures(path: path), name: path)
        }
        return view(of: first)
    }

    private func view(of path: String) -> CameraView {
        do throws(CameraError) {
            return .frame(try PictureReader.readFrame(atPath: path), name: path)
        } catch {
            return .unreadable(error, name: path)
        }
    }
}
