import Terminal
import Testing

@testable import CairoDisplay

/// What is written into a panel's memory.
@Suite("A panel's memory")
struct PixelSurfaceTests {
    /// A picture of 3 by 2 pixels, numbered as it is read.
    private static let picture: [UInt32] = [1, 2, 3, 4, 5, 6]

    private func memory(_ surface: PixelSurface, _ pixels: [UInt32]) -> [UInt8] {
        var bytes = [UInt8](repeating: 0xEE, count: surface.stride * surface.height)
        bytes.withUnsafeMutableBytes { surface.write(pixels, to: $0.baseAddress!) }
        return bytes
    }

    @Test(
        "A picture is turned clockwise, each pixel to its place",
        arguments: [
            (DisplayRotation.none, 3, [[1, 2, 3], [4, 5, 6]]),
            (.quarter, 2, [[4, 1], [5, 2], [6, 3]]), (.half, 3, [[6, 5, 4], [3, 2, 1]]),
            (.threeQuarters, 2, [[3, 6], [2, 5], [1, 4]]),
        ] as [(DisplayRotation, Int, [[UInt32]])])
    func turned(_ rotation: DisplayRotation, width: Int, rows: [[UInt32]]) {
        let surface = PixelSurface(
            width: width, height: 6 / width, stride: 16, format: .xrgb8888, rotation: rotation)
        #expect(surface.pictureWidth == 3 && surface.pictureHeight == 2)
        let bytes = memory(surface, Self.picture)
        for (y, row) in rows.enumerated() {
            for (x, pixel) in row.enumerated() {
                #expect(bytes[y * 16 + x * 4] == UInt8(pixel), "\(rotation): \(x), \(y)")
            }
            // What lies between the rows is the device's own.
            #expect(bytes[y * 16 + width * 4..<y * 16 + 16].allSatisfy { $0 == 0xEE })
        }
    }

    @Test("Sixteen bits hold five of red, six of green and five of blue")
    func packed() {
        let surface = PixelSurface(
            width: 4, height: 1, stride: 8, format: .rgb565, rotation: .none)
        let bytes = memory(surface, [0xFF0000, 0x00FF00, 0x0000FF, 0x123456])
        let words = stride(from: 0, to: 8, by: 2).map {
            UInt16(bytes[$0]) | UInt16(bytes[$0 + 1]) << 8
        }
        #expect(words == [0xF800, 0x07E0, 0x001F, 0x11AA])
    }

    @Test("A device that is not there, or is none, is told with its name")
    func noDevice() {
        for path in ["/dev/dri/card99", "/dev/null"] {
            #expect(throws: DisplayError.self) { try KMSDisplay(KMSDisplay.Choice(path: path)) }
            #expect(throws: DisplayError.self) {
                try FramebufferDisplay(path: path, rotation: .none)
            }
        }
    }
}
