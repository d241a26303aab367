/// The header of a Y4M stream (YUV4MPEG2, as mjpegtools writes it): sides and planes of a frame.
struct Y4MHeader: Equatable {
    /// The longest header or frame line that is read, in bytes; real ones have some 60.
    static let maximumLineBytes = 1_024

    let width: Int
    let height: Int

    /// Bytes of a frame's colour planes, which follow its luma.
    let chromaBytes: Int

    /// What is wrong with a header, as the end of a sentence.
    struct Failure: Error, Equatable {
        let detail: String
    }

    /// Reads the line that begins a stream, without its line feed.
    init(line: [UInt8]) throws(Failure) {
        let words = line.split(separator: 0x20).map { String(decoding: $0, as: UTF8.self) }
        guard words.first == "YUV4MPEG2" else {
            throw Failure(detail: "it does not begin with YUV4MPEG2")
        }
        var width: Int?
        var height: Int?
        // The default where no colour space is given, by the format's description.
        var colourSpace = "420"
        for word in words.dropFirst() {
            switch word.first {
            case "W": width = Int(word.dropFirst())
            case "H": height = Int(word.dropFirst())
            case "C": colourSpace = String(word.dropFirst())
            default: continue
            }
        }
        guard let width, width > 0, let height, height > 0 else {
            throw Failure(detail: "it gives no width and height above zero")
        }
        // So that no sum below overflows; the caller's own limit lies far under it.
        guard width <= 1 << 20, height <= 1 << 20 else {
            throw Failure(detail: "\(width) x \(height) pixels are no camera's frame")
        }
        self.width = width
        self.height = height
        let halfWidth = (width + 1) / 2
        let halfHeight = (height + 1) / 2
        switch colourSpace {
        case "420", "420jpeg", "420mpeg2", "420paldv": chromaBytes = 2 * halfWidth * halfHeight
        case "422": chromaBytes = 2 * halfWidth * height
        case "444": chromaBytes = 2 * width * height
        case "mono": chromaBytes = 0
        default:
            throw Failure(
                detail: "the colour space C\(colourSpace) is not read, only C420, C422, C444 "
                    + "and Cmono with 8 bits")
        }
    }
}
