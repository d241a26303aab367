internal import Terminal

/// PGM (netpbm), binary P5 and plain P2, up to 65,535 grey levels.
enum PGMPicture {
    static func decode(_ bytes: [UInt8]) throws(PictureFailure) -> LumaFrame {
        var reader = Reader(bytes: bytes)
        let isPlain = bytes[1] == UInt8(ascii: "2")
        reader.position = 2
        let width = try reader.number("width")
        let height = try reader.number("height")
        let maximum = try reader.number("maximum grey value")
        try PictureFailure.check(width: width, height: height)
        guard (1...65_535).contains(maximum) else {
            throw .damaged("its maximum grey value is \(maximum)")
        }
        let pixels =
            if isPlain {
                try plainPixels(&reader, count: width * height, maximum: maximum)
            } else {
                try binaryPixels(&reader, count: width * height, maximum: maximum)
            }
        return LumaFrame(width: width, height: height, pixels: pixels)
    }

    static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || (0x09...0x0D).contains(byte)
    }

    private static func binaryPixels(
        _ reader: inout Reader, count: Int, maximum: Int
    ) throws(PictureFailure) -> [UInt8] {
        // Exactly one white-space byte parts the header from the pixels.
        let start = reader.position + 1
        let bytesPerPixel = maximum < 256 ? 1 : 2
        let got = reader.bytes.count - start
        if got < count * bytesPerPixel {
            throw .damaged("it has \(max(0, got)) of \(count * bytesPerPixel) bytes of pixels")
        }
        let body = reader.bytes[start..<(start + count * bytesPerPixel)]
        if maximum == 255 { return Array(body) }
        if bytesPerPixel == 1 { return body.map { scale(Int($0), maximum: maximum) } }
        return (0..<count).map { index in
            let place = start + index * 2
            let value = Int(reader.bytes[place]) << 8 | Int(reader.bytes[place + 1])
            return scale(value, maximum: maximum)
        }
    }

    private static func plainPixels(
        _ reader: inout Reader, count: Int, maximum: Int
    ) throws(PictureFailure) -> [UInt8] {
        // A pixel takes two bytes at least, so a short file cannot make us allocate a large frame.
        if reader.bytes.count - reader.position < count {
            throw .damaged("it is too short for \(count) pixels")
        }
        var pixels: [UInt8] = []
        pixels.reserveCapacity(count)
        for _ in 0..<count {
            pixels.append(scale(try reader.number("grey value"), maximum: maximum))
        }
        return pixels
    }

    private static func scale(_ value: Int, maximum: Int) -> UInt8 {
        UInt8((min(value, maximum) * 255 + maximum / 2) / maximum)
    }

    /// Walks the decimal numbers of a header, over white space and comments.
    private struct Reader {
        let bytes: [UInt8]
        var position = 0

        /// Above every number that is allowed, and far from where arithmetic overflows.
        private static let ceiling = 1_000_000_000

        init(bytes: [UInt8]) {
            self.bytes = bytes
        }

        mutating func number(_ name: String) throws(PictureFailure) -> Int {
            skipSpaceAndComments()
            let start = position
            var value = 0
            while position < bytes.count, (0x30...0x39).contains(bytes[position]) {
                value = min(value * 10 + Int(bytes[position] - 0x30), Self.ceiling)
                position += 1
            }
            if position == start { throw .damaged("its \(name) is missing at byte \(start)") }
            return value
        }

        private mutating func skipSpaceAndComments() {
            while position < bytes.count {
                if bytes[position] == UInt8(ascii: "#") {
                    while position < bytes.count, bytes[position] != 0x0A { position += 1 }
                } else if PGMPicture.isSpace(bytes[position]) {
                    position += 1
                } else {
                    return
                }
            }
        }
    }
}
