/// A camera device of Linux's video interface (V4L2), as a profile describes it.
public struct DeviceCamera: Hashable, Sendable {
    /// Frames a second where the profile says nothing: as fast as a hand is seen to move, and a
    /// load that two slow cores carry.
    public static let defaultFramesPerSecond = 15

    /// The device's file, best its stable name in `/dev/v4l/by-id` or `/dev/v4l/by-path`.
    public let path: String
    /// The frame's width in pixels.
    public let width: Int
    /// The frame's height in pixels.
    public let height: Int
    /// Frames a second.
    public let framesPerSecond: Int
    /// The pixel format by name; nil: the cheapest that the camera has.
    public let format: PixelFormat?
    /// What is set before frames flow, in this order.
    public let controls: [ControlValue]

    /// The pixel formats that are read.
    public enum PixelFormat: String, Hashable, Sendable, CaseIterable {
        /// 8-bit grey.
        case grey
        /// A plane of luma, then chroma.
        case nv12
        /// Luma and chroma alternating.
        case yuyv
        /// One JPEG picture a frame.
        case mjpeg
    }

    /// One control, by V4L2 id, and its value.
    public struct ControlValue: Hashable, Sendable {
        /// The id (`V4L2_CID_…`).
        public let id: UInt32
        /// The value.
        public let value: Int32
    }
}

extension DeviceCamera {
    /// The controls that a profile may name (linux/v4l2-controls.h). What else a camera has is
    /// named by its id, as `0x009a0905`.
    private enum Named: String, CaseIterable {
        case exposure
        case gain
        case focus
        case powerLineHertz = "power-line-hertz"
        case brightness
        case contrast
        case sharpness
        case backlightCompensation = "backlight-compensation"

        /// The value's own control.
        var id: UInt32 {
            switch self {
            case .exposure: 0x009A_0902
            case .gain: 0x0098_0913
            case .focus: 0x009A_090A
            case .powerLineHertz: 0x0098_0918
            case .brightness: 0x0098_0900
            case .contrast: 0x0098_0901
            case .sharpness: 0x0098_091B
            case .backlightCompensation: 0x0098_091C
            }
        }

        /// What is switched off first: a value that is set while the automatic rules it is lost.
        var automaticOff: [ControlValue] {
            switch self {
            // V4L2_CID_EXPOSURE_AUTO to V4L2_EXPOSURE_MANUAL.
            case .exposure: [ControlValue(id: 0x009A_0901, value: 1)]
            case .gain: [ControlValue(id: 0x0098_0912, value: 0)]
            case .focus: [ControlValue(id: 0x009A_090C, value: 0)]
            case .powerLineHertz, .brightness, .contrast, .sharpness, .backlightCompensation: []
            }
        }
    }

    /// What a control's value may be: V4L2's own are 32 bits, signed.
    private static let values = Int(Int32.min)...Int(Int32.max)

    init(reading section: Section) throws(ProfileFinding) {
        try section.allow([
            "kind", "path", "width", "height", "frames-per-second", "format", "controls",
        ])
        path = try section.path("path")
        guard path.hasPrefix("/dev/") else {
            throw ProfileFinding(
                at: try section.place(of: "path"),
                "camera.path is no device: it begins with /dev/, best /dev/v4l/by-id/.")
        }
        width = try section.integer("width", in: HardwareProfile.frameSide)
        height = try section.integer("height", in: HardwareProfile.frameSide)
        framesPerSecond =
            section.has("frames-per-second")
            ? try section.integer("frames-per-second", in: 1...120) : Self.defaultFramesPerSecond
        format =
            section.has("format")
            ? PixelFormat(
                rawValue: try section.word("format", of: PixelFormat.allCases.map(\.rawValue)))
            : nil
        controls =
            section.has("controls") ? try Self.controls(Section(section, "controls")) : []
    }

    static func controls(_ section: Section) throws(ProfileFinding) -> [ControlValue] {
        var controls: [ControlValue] = []
        for key in section.keys {
            if let named = Named(rawValue: key) {
                controls += named.automaticOff
                controls.append(
                    ControlValue(id: named.id, value: try value(of: named, in: section)))
            } else if key.hasPrefix("0x"), let id = UInt32(key.dropFirst(2), radix: 16) {
                let value = try section.integer(key, in: values)
                controls.append(ControlValue(id: id, value: Int32(value)))
            } else {
                try section.allow(Named.allCases.map(\.rawValue) + ["an id such as 0x009a0905"])
            }
        }
        guard controls.count <= 32 else {
            throw ProfileFinding(
                at: try section.place(of: section.keys.last ?? ""),
                "camera.controls sets more than 32 controls.")
        }
        return controls
    }

    private static func value(
        of named: Named, in section: Section
    ) throws(ProfileFinding) -> Int32 {
        guard named == .powerLineHertz else {
            return Int32(try section.integer(named.rawValue, in: values))
        }
        // V4L2_CID_POWER_LINE_FREQUENCY counts: 0 off, 1 for 50 Hz, 2 for 60 Hz.
        switch try section.integer(named.rawValue, in: 0...60) {
        case 0: return 0
        case 50: return 1
        case 60: return 2
        case let other:
            throw ProfileFinding(
                at: try section.place(of: named.rawValue),
                "camera.controls.power-line-hertz is \(other), not 0 (off), 50 or 60.")
        }
    }
}
