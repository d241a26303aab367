/// How a picture is turned to stand upright on a panel that is mounted otherwise, clockwise.
public enum DisplayRotation: Int, Hashable, Sendable, CaseIterable {
    /// Not at all.
    case none = 0
    /// A quarter.
    case quarter = 90
    /// Upside down.
    case half = 180
    /// Three quarters.
    case threeQuarters = 270

    /// Whether width and height change places.
    var isAcross: Bool { self == .quarter || self == .threeQuarters }
}

/// How a surface's pixels lie in its memory.
struct PixelFormat: Hashable, Sendable {
    /// Bits of one pixel: 32 or 16.
    let bits: Int

    /// 32 bits, 0xXXRRGGBB in the machine's order (DRM's XRGB8888).
    static let xrgb8888 = PixelFormat(bits: 32)
    /// 16 bits, five of red, six of green, five of blue (DRM's RGB565).
    static let rgb565 = PixelFormat(bits: 16)
}

/// A surface's memory, as the kernel maps it: pictures are written into it, turned and converted.
struct PixelSurface {
    /// The panel's own pixels from left to right, and from top to bottom.
    let width: Int
    let height: Int
    /// Bytes from one row to the next.
    let stride: Int
    let format: PixelFormat
    let rotation: DisplayRotation

    /// The size of the pictures that it takes: the panel's, turned.
    var pictureWidth: Int { rotation.isAcross ? height : width }
    var pictureHeight: Int { rotation.isAcross ? width : height }

    /// Writes a picture of ``pictureWidth`` by ``pictureHeight`` pixels (0xXXRRGGBB) into `memory`,
    /// which has `stride * height` bytes.
    func write(_ pixels: [UInt32], to memory: UnsafeMutableRawPointer) {
        precondition(pixels.count == width * height, "The picture is of another size.")
        for y in 0..<height {
            let row = memory + y * stride
            for x in 0..<width {
                let pixel = pixels[source(x, y)]
                switch format {
                case .rgb565:
                    let packed =
                        pixel >> 8 & 0xF800 | pixel >> 5 & 0x07E0 | pixel >> 3 & 0x001F
                    row.storeBytes(
                        of: UInt16(truncatingIfNeeded: packed), toByteOffset: x * 2,
                        as: UInt16.self)
                default:
                    row.storeBytes(of: pixel, toByteOffset: x * 4, as: UInt32.self)
                }
            }
        }
    }

    /// Which of the picture's pixels stands at a place of the panel.
    private func source(_ x: Int, _ y: Int) -> Int {
        switch rotation {
        case .none: y * width + x
        case .quarter: (width - 1 - x) * height + y
        case .half: (height - 1 - y) * width + width - 1 - x
        case .threeQuarters: x * height + height - 1 - y
        }
    }
}
