import Glibc
public import Terminal

/// The pictures put into a folder, each once, in order of arrival, unread.
///
/// A picture arrives when the program writing it closes it or moves it in; half-written files are
/// not read. Pictures that lie there when the watch begins arrived before, oldest first. Each is
/// moved to the sub-folder `seen` (or `unreadable`) before it is looked at, so that neither a
/// restart nor a second terminal on the same folder sees it again. After each picture the answer is
/// `empty`: a picture taken away leaves nothing before the lens. Hidden files, and those with a
/// suffix by which programs mark what they are still writing, are left alone.
public final class WatchedFolder: PictureSource {
    /// Where pictures lie that were seen, within the watched folder.
    public static let seenFolder = "seen"

    /// Where files lie that could not be read, within the watched folder.
    public static let unreadableFolder = "unreadable"

    /// How long a file found by looking must have lain unchanged, in milliseconds.
    ///
    /// The kernel tells of files closed from when the watch began. One found lying there may still
    /// be being written; copying programs write at least once a second.
    public static let settleMilliseconds: Int64 = 1_000

    /// How many arrived pictures are remembered; for more, the folder is looked through again.
    public static let maximumPending = 4_096

    /// How programs mark files that they are still writing.
    static let unfinishedSuffixes = ["~", ".part", ".partial", ".tmp", ".crdownload"]

    private let folder: String
    private let watch: InotifyWatch
    private var pending: [String] = []
    private var mustLook = true
    private var mustShowEmpty = false
    private var lastSeenName: String?
    private var folderIsGone = false
    private var nextNumber = 2

    /// Begins to watch; the folder must be there, readable and writable.
    public init(folder: String) throws(CameraError) {
        self.folder = folder
        watch = try InotifyWatch(folder: folder)
        for name in [Self.seenFolder, Self.unreadableFolder] {
            let path = FolderListing.path(name, in: folder)
            let made = mkdir(path, 0o700) == 0 || (errno == EEXIST && FolderListing.isFolder(path))
            if !made || access(path, W_OK | X_OK) != 0 {
                throw .folderNotWritable(path: folder, detail: FileDescriptor.lastErrorText())
            }
        }
        if access(folder, W_OK | X_OK) != 0 {
            throw .folderNotWritable(path: folder, detail: FileDescriptor.lastErrorText())
        }
    }

    /// The next picture that arrives, then `empty`.
    public func next(timeoutMilliseconds: Int) throws(CameraError) -> PictureArrival {
        lastSeenName = nil
        if mustShowEmpty {
            mustShowEmpty = false
            return .empty
        }
        let deadline = Deadline(inMilliseconds: timeoutMilliseconds)
        while true {
            try noteEvents(by: Deadline(inMilliseconds: 0))
            if let arrival = try takePending() { return arrival }
            let settled = mustLook ? try look() : nil
            if !pending.isEmpty { continue }
            if deadline.remainingMilliseconds == 0 { return .nothingNew }
            let wait = min(Int(deadline.remainingMilliseconds), settled ?? Int.max)
            try noteEvents(by: Deadline(inMilliseconds: wait))
        }
    }

    /// Takes in what the kernel has to tell.
    private func noteEvents(by deadline: Deadline) throws(CameraError) {
        if folderIsGone { throw .folderMissing(path: folder) }
        for event in try watch.events(by: deadline, folder: folder) {
            switch event {
            case .fileComplete(let name): noteArrival(name)
            case .overflow: mustLook = true
            case .folderGone: folderIsGone = true
            }
        }
        if folderIsGone { throw .folderMissing(path: folder) }
    }

    private func noteArrival(_ name: String) {
        if name.hasPrefix(".") || Self.unfinishedSuffixes.contains(where: name.hasSuffix) { return }
        if pending.count >= Self.maximumPending {
            mustLook = true
        } else if !pending.contains(name) {
            pending.append(name)
        }
    }

    /// Looks through the folder; answers with the milliseconds until the next file has settled.
    private func look() throws(CameraError) -> Int? {
        mustLook = false
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        let now = Int64(time.tv_sec) * 1_000 + Int64(time.tv_nsec) / 1_000_000
        var wait: Int64?
        let files = try FolderListing.entries(of: folder)
            .filter(\.isFile)
            .sorted { ($0.changedNanoseconds, $0.name) < ($1.changedNanoseconds, $1.name) }
        for file in files {
            // A time stamp in the future says nothing about whether the file is being written.
            let age = now - file.changedNanoseconds / 1_000_000
            if (0..<Self.settleMilliseconds).contains(age) {
                wait = min(wait ?? .max, Self.settleMilliseconds - age)
                mustLook = true
            } else {
                noteArrival(file.name)
            }
        }
        return wait.map { Int($0) }
    }

    /// Moves the picture that came last, which could not be decoded, to its own sub-folder.
    public func reject() throws(CameraError) {
        guard let name = lastSeenName else { return }
        lastSeenName = nil
        mustShowEmpty = false
        _ = try move(name, from: seenPath, to: Self.unreadableFolder)
    }

    private var seenPath: String { FolderListing.path(Self.seenFolder, in: folder) }

    private func takePending() throws(CameraError) -> PictureArrival? {
        while !pending.isEmpty {
            let name = pending.removeFirst()
            guard let seenName = try move(name, from: folder, to: Self.seenFolder) else { continue }
            do throws(CameraError) {
                let bytes = try PictureReader.readFile(
                    FolderListing.path(seenName, in: seenPath),
                    name: FolderListing.path(name, in: folder))
                mustShowEmpty = true
                lastSeenName = seenName
                return .picture(bytes, name: name)
            } catch {
                _ = try move(seenName, from: seenPath, to: Self.unreadableFolder)
                return .unreadable(error, name: name)
            }
        }
        return nil
    }

    /// Moves a file into a sub-folder under a name free there; nil when the file is gone.
    private func move(
        _ name: String, from source: String, to subfolder: String
    ) throws(CameraError) -> String? {
        let target = FolderListing.path(subfolder, in: folder)
        var newName = name
        while access(FolderListing.path(newName, in: target), F_OK) == 0 {
            newName = Self.numbered(name, nextNumber)
            nextNumber += 1
        }
        let sourcePath = FolderListing.path(name, in: source)
        if rename(sourcePath, FolderListing.path(newName, in: target)) == 0 { return newName }
        if errno == ENOENT && access(target, F_OK) == 0 { return nil }
        // The picture stays where it is; it is found again once the folder is mended.
        mustLook = true
        throw .folderNotWritable(path: folder, detail: FileDescriptor.lastErrorText())
    }

    /// `code.png` as `code-2.png`.
    private static func numbered(_ name: String, _ number: Int) -> String {
        guard let dot = name.lastIndex(of: "."), dot != name.startIndex else {
            return "\(name)-\(number)"
        }
        return "\(name[..<dot])-\(number)\(name[dot...])"
    }
}
