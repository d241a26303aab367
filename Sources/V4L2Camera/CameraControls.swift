internal import CV4L2
import Glibc
import ScannerProtocol

/// A camera's controls, by their V4L2 ids: names changed between kernels, ids do not.
public enum CameraControls {
    /// One control as the driver describes it.
    public struct Description: Hashable, Sendable {
        /// The id.
        public let id: UInt32
        /// The driver's name for it.
        public let name: String
        /// The least and the greatest value.
        public let range: ClosedRange<Int32>
        /// The step between values.
        public let step: Int32
        /// The value that the driver begins with.
        public let preset: Int32
        /// The value now.
        public let value: Int32
        /// Whether it has no effect now, mostly because an automatic one rules it.
        public let isInactive: Bool
    }

    /// The most controls that are listed: a driver that always has one more holds nobody up.
    static let maximumListed = 256

    // V4L2_CTRL_FLAG_DISABLED and _INACTIVE; V4L2_CTRL_TYPE_BUTTON and _CTRL_CLASS.
    private static let disabledFlag: UInt32 = 0x0001
    private static let inactiveFlag: UInt32 = 0x0010
    private static let valuelessTypes: Set<UInt32> = [4, 6]

    /// Sets one control, and reads it back: a driver may take an order and do otherwise.
    static func set(_ setting: CameraControlSetting, on device: Int32) -> CameraControlOutcome {
        var description = till_camera_control()
        guard till_camera_describe_control(device, setting.id, 0, &description) == 0,
            description.flags & disabledFlag == 0
        else { return CameraControlOutcome(id: setting.id, result: .absent, value: 0) }
        let code = till_camera_set_control(device, setting.id, setting.value)
        var value: Int32 = 0
        let hasValue = till_camera_get_control(device, setting.id, &value) == 0
        let result: CameraControlOutcome.Result =
            code != 0 ? .refused : hasValue && value != setting.value ? .different : .set
        return CameraControlOutcome(id: setting.id, result: result, value: value)
    }

    /// Every control of the device at a path; nil, with `errno` saying why, where it is not opened.
    public static func list(path: String) -> [Description]? {
        let descriptor = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC | O_NOCTTY)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        return list(device: descriptor)
    }

    /// Every control that the device has.
    static func list(device: Int32) -> [Description] {
        var found: [Description] = []
        var id: UInt32 = 0
        for _ in 0..<maximumListed {
            var control = till_camera_control()
            guard till_camera_describe_control(device, id, 1, &control) == 0 else { break }
            id = control.id
            if control.flags & disabledFlag != 0 || valuelessTypes.contains(control.type) {
                continue
            }
            let name = withUnsafeBytes(of: control.name) { bytes in
                String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
            }
            found.append(
                Description(
                    id: control.id, name: name,
                    range: control.minimum...max(control.minimum, control.maximum),
                    step: control.step, preset: control.preset, value: control.value,
                    isInactive: control.flags & inactiveFlag != 0))
        }
        return found
    }
}
