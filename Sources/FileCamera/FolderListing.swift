import Glibc
internal import Terminal

/// What lies in a folder.
enum FolderListing {
    /// A file or sub-folder.
    struct Entry {
        let name: String
        let isFile: Bool
        /// When the content last changed, in nanoseconds since 1970 by the system's clock.
        let changedNanoseconds: Int64
    }

    /// Everything in the folder that is not hidden, in no order; nil where there is no folder.
    static func entries(of folder: String) throws(CameraError) -> [Entry] {
        guard let directory = opendir(folder) else {
            if errno == ENOENT || errno == ENOTDIR { throw .folderMissing(path: folder) }
            throw .folderUnreadable(path: folder, detail: FileDescriptor.lastErrorText())
        }
        defer { closedir(directory) }
        var entries: [Entry] = []
        while let found = readdir(directory) {
            let name = withUnsafeBytes(of: &found.pointee.d_name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            if name.hasPrefix(".") { continue }
            var status = stat()
            // A file may go between the listing and the look at it.
            if stat(path(name, in: folder), &status) != 0 { continue }
            let changed = status.st_mtim
            entries.append(
                Entry(
                    name: name,
                    isFile: status.st_mode & S_IFMT == S_IFREG,
                    changedNanoseconds: Int64(changed.tv_sec) * 1_000_000_000
                        + Int64(changed.tv_nsec)))
        }
        return entries
    }

    /// The names of the pictures in the folder, as people count: 2.png before 10.png.
    ///
    /// A file is taken for a picture when its name or its content says so: one that is named like
    /// a picture and is none deserves an error, and notes beside the pictures do not.
    static func pictures(in folder: String) throws(CameraError) -> [String] {
        try entries(of: folder)
            .filter { $0.isFile }
            .map(\.name)
            .filter { name in
                hasPictureName(name) || PictureReader.looksLikePicture(path: path(name, in: folder))
            }
            .sorted(by: naturallyPrecedes)
    }

    static func isFolder(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    static func path(_ name: String, in folder: String) -> String {
        folder.hasSuffix("/") ? folder + name : folder + "/" + name
    }

    private static func hasPictureName(_ name: String) -> Bool {
        let lowered = name.lowercased()
        return [".png", ".jpg", ".jpeg", ".pgm"].contains { lowered.hasSuffix($0) }
    }

    /// Whether one name comes before another where runs of digits count as numbers.
    static func naturallyPrecedes(_ left: String, _ right: String) -> Bool {
        let left = Array(left.utf8)
        let right = Array(right.utf8)
        var leftIndex = 0
        var rightIndex = 0
        while leftIndex < left.count, rightIndex < right.count {
            let leftRun = digits(left, from: leftIndex)
            let rightRun = digits(right, from: rightIndex)
            if leftRun.isEmpty || rightRun.isEmpty {
                if left[leftIndex] != right[rightIndex] {
                    return left[leftIndex] < right[rightIndex]
                }
                leftIndex += 1
                rightIndex += 1
                continue
            }
            let leftNumber = leftRun.drop { $0 == 0x30 }
            let rightNumber = rightRun.drop { $0 == 0x30 }
            if leftNumber.count != rightNumber.count {
                return leftNumber.count < rightNumber.count
            }
            if !leftNumber.elementsEqual(rightNumber) {
                return leftNumber.lexicographicallyPrecedes(rightNumber)
            }
            leftIndex = leftRun.endIndex
            rightIndex = rightRun.endIndex
        }
        if leftIndex < left.count || rightIndex < right.count { return rightIndex < right.count }
        // Names that differ in leading zeros alone still need one order.
        return left.lexicographicallyPrecedes(right)
    }

    private static func digits(_ bytes: [UInt8], from start: Int) -> ArraySlice<UInt8> {
        var end = start
        while end < bytes.count, (0x30...0x39).contains(bytes[end]) { end += 1 }
        return bytes[start..<end]
    }
}
