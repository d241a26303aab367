public import Terminal

/// Given pictures one after the other, each once, unread.
///
/// A path may be a file or a folder; a folder's pictures come as people count them (2.png before
/// 10.png), its sub-folders are not entered. Every path is answered for once at least: what cannot
/// be read is `unreadable`, and the next one follows.
public final class PicturePaths: PictureSource {
    private var paths: ArraySlice<String>
    private var folderPictures: ArraySlice<String> = []

    /// Makes a source of files and folders; nothing is read before it is asked for.
    public init(_ paths: [String]) {
        self.paths = paths[...]
    }

    /// The next picture, at once: files keep nobody waiting.
    public func next(timeoutMilliseconds: Int) throws(CameraError) -> PictureArrival {
        if let picture = folderPictures.popFirst() { return arrival(of: picture) }
        guard let path = paths.popFirst() else { return .ended }
        guard FolderListing.isFolder(path) else { return arrival(of: path) }
        do throws(CameraError) {
            let names = try FolderListing.pictures(in: path)
            folderPictures = names.map { FolderListing.path($0, in: path) }[...]
        } catch {
            return .unreadable(error, name: path)
        }
        guard let first = folderPictures.popFirst() else {
            return .unreadable(.folderWithoutPictures(path: path), name: path)
        }
        return arrival(of: first)
    }

    /// Nothing to do: a picture named by its path stays where it is.
    public func reject() throws(CameraError) {}

    private func arrival(of path: String) -> PictureArrival {
        do throws(CameraError) {
            return .picture(try PictureReader.readFile(path, name: path), name: path)
        } catch {
            return .unreadable(error, name: path)
        }
    }
}
